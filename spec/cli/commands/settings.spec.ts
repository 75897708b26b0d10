import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { coreShape } from '../../../lib/settings/index.js'
import { built } from '../../support/node.js'
import { folder, mara } from '../support.js'

const settings = suite('cli/commands/settings')

/** What the command writes, without the notice that a busy machine may call for. */
async function quietly(...args: Parameters<typeof mara>): ReturnType<typeof mara> {
  const result = await mara(...args)
  return { ...result, err: result.err.replace(/^Waiting for .* to start a service\.\.\.\n/, '') }
}
const fixture = (name: string) => built(`spec/cli/fixtures/${name}.ts`)

function rows(out: string): Map<string, string[]> {
  const lines = out.split('\n').slice(0, -1)
  return new Map(lines.map((line) => line.split('\t')).map(([name = '', ...rest]) => [name, rest]))
}

settings('every setting is shown with its value and where it came from, and nothing is started', async () => {
  const dir = folder({ 'a.yaml': 'drain: 5\n' })
  const args = ['settings', fixture('greeter'), '--port=7000', `${dir}/a.yaml`, '--log=service,client']
  const { code, out, err } = await quietly(args, { env: { MARA_MAX_CONNECTIONS: '3' } })
  assert.is(err, '')
  assert.is(code, 0)
  const shown = rows(out)
  assert.equal([...shown.keys()], [...Object.keys(coreShape), 'motd', 'token'])
  assert.equal(shown.get('port'), ['7000', 'flag --port'])
  assert.equal(shown.get('host'), ['127.0.0.1', 'default'])
  assert.equal(shown.get('path'), ['', 'default'])
  assert.equal(shown.get('drain'), ['5', `file ${dir}/a.yaml`])
  assert.equal(shown.get('maxConnections'), ['3', 'variable MARA_MAX_CONNECTIONS'])
  assert.equal(shown.get('motd'), ['Good day', 'the program, source 1'])
})

settings('no secret is shown, wherever it came from', async () => {
  for (const args of [[], ['--token=swordfish']]) {
    const { out, err } = await quietly(['settings', fixture('greeter'), ...args])
    assert.is(rows(out).get('token')?.[0], '***')
    assert.not.match(out + err, /hunter2|swordfish/)
  }
})

settings('several services of one program are shown, one after the other, whatever starts them', async () => {
  const { code, out, err } = await quietly(['settings', fixture('two')])
  assert.equal([code, err], [0, ''])
  const ports = out.split('\n').filter((line) => line.startsWith('port\t'))
  assert.is(ports.length, 2)
  assert.is(ports[0], 'port\t7001\tthe program, source 1')
  assert.match(ports[1] ?? '', /^port\t7002\tfile .*two\.yaml$/)
  assert.not.match(out, /started/)
})

settings('a service that nobody awaits is shown', async () => {
  const { code, out } = await quietly(['settings', fixture('unawaited'), '--port=1'])
  assert.is(code, 0)
  assert.equal(rows(out).get('port'), ['1', 'flag --port'])
})

settings('wrong settings are told without a stack, with exit code 2', async () => {
  const { code, out, err } = await quietly(['settings', fixture('greeter'), '--prot=1'])
  assert.equal([code, out], [2, ''])
  assert.is(err, 'A setting is wrong:\n  prot (flag --prot): no such setting; did you mean --port?\n')
})

settings('a variable that is no setting is a warning on stderr', async () => {
  const { code, out, err } = await quietly(['settings', fixture('greeter')], { env: { MARA_PROT: '1' } })
  assert.is(code, 0)
  assert.is(rows(out).get('port')?.[0], '9000')
  assert.match(err, /^PROT \(variable MARA_PROT\): is ignored: .*MARA_PORT\?\n$/)
})

settings('a program that starts no service has none to show, however it ends', async () => {
  const dir = folder({
    'ends.mjs': '',
    'exits.mjs': 'process.exit(0)',
    'stuck.mjs': 'await new Promise(() => {})',
  })
  for (const name of ['ends', 'exits', 'stuck']) {
    assert.equal(await quietly(['settings', `${dir}/${name}.mjs`]), {
      code: 1,
      out: '',
      err: `${dir}/${name}.mjs ended without starting a service: there are no settings to show.\n`,
    })
  }
})

settings("a program's failure before its start is told", async () => {
  const dir = folder({ 'fails.mjs': "throw new RangeError('boom')" })
  const { code, err } = await quietly(['settings', `${dir}/fails.mjs`])
  assert.is(code, 1)
  assert.match(err, /^RangeError: boom\n/)
})

settings('a program that takes its time is waited for, and that is said', async () => {
  const dir = folder({
    'slow.mjs': `
      const written = process.stderr.write
      process.stderr.write = function (text, ...rest) {
        if (String(text).startsWith('Waiting')) clearInterval(waiting)
        return written.call(this, text, ...rest)
      }
      const waiting = setInterval(() => {}, 1000)
    `,
  })
  const { err } = await mara(['settings', `${dir}/slow.mjs`])
  assert.match(err, new RegExp(`^Waiting for ${dir}/slow\\.mjs to start a service\\.\\.\\.\\n`))
})

settings('a program that is asked for its help gives it', async () => {
  const { code, out, err } = await quietly(['settings', fixture('greeter'), '--help'])
  assert.equal([code, err], [0, ''])
  assert.match(out, /--motd=/)
})

settings('a file that is not there, or is no program, is told of once', async () => {
  const dir = folder()
  assert.equal(await quietly(['settings', dir]), {
    code: 1,
    out: '',
    err: `${dir} is a folder. Name the program's file in it.\n`,
  })
  assert.equal(await quietly(['settings', `${dir}/chat.ts`]), {
    code: 1,
    out: '',
    err: `There is no file ${dir}/chat.ts.\n`,
  })
})

settings.run()
