// time limit: 600 s
import { lstatSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { events, Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runLines } from '../../../lib/cli/console/script.js'
import { answering } from '../../support/answering.js'
import { deferred, running as runningService } from '../../support/service.js'
import { folder, mara, Run, running, screen, startMara } from '../support.js'

const test = suite('cli/commands/console')

const PROGRAM = `
import { events, Service } from '${pathToFileURL(path.resolve('lib/index.ts'))}'
const service = new Service()
service.listen(events.PostStart, () => console.log('open ' + service.address.port))
await service.run({ port: 0 })
`

const home = folder({ 'chat.mjs': PROGRAM })
const file = path.join(home, 'chat.mjs')
const env = { XDG_RUNTIME_DIR: folder() }

test('it finds the console by the file of the program, does one command, and its exit code says how that went', () =>
  running(startMara(['run', file, '--console'], { env }), async (program) => {
    await program.find(/open \d+/)
    assert.equal(await mara(['console', file, 'clients'], { env }), {
      code: 0,
      out: 'Nobody is connected.\n',
      err: '',
    })
    const failed = await mara(['console', file, 'kick', '7'], { env })
    assert.is(failed.code, 1)
    assert.match(failed.out, /There is no client #7/)
    const stopped = await mara(['console', file, 'stop'], { env })
    assert.match(stopped.out, /The service stops\./)
    assert.is(await program.ended, 0)
  }))

test('no console, no program and no answer are told apart, with what to do', async () => {
  const none = await mara(['console', file, 'clients'], { env })
  assert.is(none.code, 1)
  assert.match(none.err, /No console of .*chat\.mjs answers .*service\.console\(\).*--console/)
  assert.match((await mara(['console', 'nothing.ts'], { env })).err, /There is no file nothing\.ts/)
  assert.is((await mara(['console'], { env })).code, 2)
})

test('lines of standard input are done one by one; the exit code is 1 if one failed', async () => {
  const service = new Service()
  await using console = await service.console({ path: path.join(folder(), 'console') })
  console.commands.register('sure', async ({ client }) => {
    client.write(`So: ${await client.ask('Really? ')}`)
  })
  await runningService(service, async () => {
    for (const [input, out, code] of [
      ['clients\nsure\nyes', 'Nobody is connected.\nReally? So: yes\n', 0],
      ['nonsense\nclients\n', 'Unknown command: nonsense.\nNobody is connected.\n', 1],
      ['quit\nclients\n', 'Goodbye.\n', 0],
      ['', '', 0],
    ] as const) {
      const pipe = screen()
      pipe.stdin.end(input)
      assert.is(await runLines(console.path, pipe), code, input)
      assert.is(pipe.out(), out)
    }
  })
})

test('a service that ends meanwhile is no success', async () => {
  const service = new Service()
  await using console = await service.console({ path: path.join(folder(), 'console') })
  const asked = deferred()
  console.commands.register('wait', () => {
    asked.resolve()
    return new Promise(() => {})
  })
  await runningService(service, async () => {
    const pipe = screen()
    pipe.stdin.write('wait\n')
    const code = runLines(console.path, pipe)
    await asked.promise
    await service.stop()
    assert.is(await code, 1)
    assert.match(pipe.out(), /The service has stopped/)
  })
})

test('what answers and is no console is not talked to', async () => {
  const where = path.join(folder(), 'socket')
  const server = await answering('HTTP/1.1 400\r\n', where)
  const result = await mara(['console', where, 'clients'])
  assert.is(result.code, 1)
  assert.match(result.err, /no console of a Mara service/)
  server.close()
})

if (process.getuid?.() !== 0) console.log('skipped: only root can be another user, too')
else {
  test('another user is refused, by the socket itself and by a message that says what to do', async () => {
    const service = new Service()
    service.listen(events.PostStart, () => {})
    const open = folder()
    await using console = await service.console({ path: path.join(open, 'console') })
    await runningService(service, async () => {
      assert.is(lstatSync(console.path).mode & 0o077, 0)
      // The folder itself may be entered: it is the socket that says no.
      const code = `
        require('node:fs').lstatSync(${JSON.stringify(path.dirname(console.path))})
        require('node:net').connect(${JSON.stringify(console.path)}).on('error', (e) => console.log(e.code)).on('connect', () => console.log('in'))`
      const shell = `chmod 755 ${open} && exec setpriv --reuid=65534 --clear-groups ${process.execPath} -e "$0"`
      const run = new Run('sh', ['-c', shell, code], { cwd: '/' })
      await run.ended
      assert.is(run.out, 'EACCES\n', run.err)
    })
  })
}

test.run()
