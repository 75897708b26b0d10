import net from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { built } from '../../support/node.js'
import { Peer } from '../../support/peer.js'
import { folder, mara, running, startMara } from '../support.js'

const run = suite('cli/commands/run')
const fixture = (name: string) => built(`spec/cli/fixtures/${name}.ts`)
const TYPESCRIPT = 'spec/cli/fixtures/greeter.ts'

run(
  'a program runs with its settings, Ctrl-C stops its service politely, and the exit code is 0',
  async () => {
    await running(startMara(['run', TYPESCRIPT, '--port=0', '--motd=Hello']), async (process) => {
      const [, port] = await process.find(/open (\d+)/)
      const peer = await Peer.connect({ port: Number(port), host: '127.0.0.1' })
      assert.is(await peer.line(), 'Hello')
      process.interrupt()
      assert.is(await process.ended, 0)
      assert.is(process.out, `open ${port}\nclosed\nthe end\n`)
      assert.is(process.err, '')
    })
  },
)

run('a service that nobody awaits runs, and stops, just the same', async () => {
  await running(startMara(['run', fixture('unawaited'), '--port=0']), async (process) => {
    await process.find(/open \d+/)
    process.interrupt()
    assert.is(await process.ended, 0)
    assert.is(process.err, '')
  })
})

run(
  'everything after the file reaches the program untouched, and its exit code is the exit code',
  async () => {
    const { code, out, err } = await mara([
      'run',
      fixture('arguments'),
      '7',
      '--help',
      '-x',
      '--',
      '--version',
    ])
    assert.is(code, 7)
    assert.is(err, '')
    const [file, ...rest] = JSON.parse(out)
    assert.match(file, /spec\/cli\/fixtures\/arguments\.[jt]s$/)
    assert.equal(rest, ['7', '--help', '-x', '--', '--version'])
  },
)

run('the help of a program says how it was run', async () => {
  const { code, out } = await mara(['run', fixture('greeter'), '--help'])
  assert.is(code, 0)
  assert.match(out, /^Usage: mara run \S*spec\/cli\/fixtures\/greeter\.[jt]s \[--name=value \.\.\.\]/)
  assert.match(out, /--motd=/)
})

run('wrong settings are told without a stack', async () => {
  for (const name of ['greeter', 'unawaited']) {
    const { code, out, err } = await mara(['run', fixture(name), '--prot=1'])
    assert.equal([code, out], [2, ''], name)
    assert.is(err, 'A setting is wrong:\n  prot (flag --prot): no such setting; did you mean --port?\n', name)
  }
})

run('a port that is taken is told without a stack', async () => {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const { code, err } = await mara(['run', fixture('greeter'), `--port=${port}`])
  server.close()
  assert.is(code, 1)
  assert.match(err, new RegExp(`^Can't listen on 127\\.0\\.0\\.1:${port}: .*\\n$`))
})

run('a program that is not there, or is not valid, is told without a stack', async () => {
  const missing = await mara(['run', 'examples/chta.ts'])
  assert.equal(missing, {
    code: 1,
    out: '',
    err: 'There is no file examples/chta.ts. Did you mean examples/chat.ts?\n',
  })
  const dir = folder({ 'package.json': '{ "type": "module" }', 'bad.mjs': 'const = 3\n' })
  const bad = await mara(['run', `${dir}/bad.mjs`])
  assert.is(bad.code, 1)
  assert.match(bad.err, /bad\.mjs:1/)
  assert.not.match(bad.err, /\n\s+at /)
})

run('an error of the program itself is told with its stack, whenever it comes', async () => {
  const dir = folder({
    'now.mjs': "throw new RangeError('boom')",
    'later.mjs': "setImmediate(() => { throw new RangeError('boom') }); setInterval(() => {}, 1000)",
    'rejected.mjs': "void Promise.reject(new RangeError('boom')); setInterval(() => {}, 1000)",
  })
  for (const name of ['now', 'later', 'rejected']) {
    const { code, err } = await mara(['run', `${dir}/${name}.mjs`])
    assert.is(code, 1, name)
    assert.match(err, new RegExp(`^RangeError: boom\\n +at .*${name}\\.mjs:1`), name)
  }
})

run(
  'an error of this library that a program did not wait for is told with its stack, once the service runs',
  async () => {
    const lib = pathToFileURL(path.resolve(built('lib/index.ts')))
    const text = `
    import { events, Service } from '${lib}'
    const service = new Service()
    service.listen(events.PostStart, () => void setImmediate(() => void service.trigger('no event')))
    await service.run({ port: 0, log: false })
  `
    const dir = folder({ 'later.mjs': text })
    const { code, err } = await mara(['run', `${dir}/later.mjs`])
    assert.is(code, 1)
    assert.match(err, /^InvalidEventError: [^\n]*\n(.*\n)*? +at .*later\.mjs:4/)
  },
)

run("a program's own way with errors is left to it", async () => {
  const dir = folder({
    'own.mjs': `
      process.on('uncaughtException', ({ message }) => console.log('mine:', message))
      setImmediate(() => { throw new Error('boom') })
    `,
  })
  assert.equal(await mara(['run', `${dir}/own.mjs`]), { code: 0, out: 'mine: boom\n', err: '' })
})

run('a program that can never go on is no success', async () => {
  const dir = folder({ 'stuck.mjs': 'await new Promise(() => {})', 'exits.mjs': 'process.exit(0)' })
  const { code, err } = await mara(['run', `${dir}/stuck.mjs`])
  assert.is(code, 1)
  assert.is(
    err,
    `${dir}/stuck.mjs ended while its top level still awaited a promise that will never settle.\n`,
  )
  assert.equal(await mara(['run', `${dir}/exits.mjs`]), { code: 0, out: '', err: '' })
})

run.run()
