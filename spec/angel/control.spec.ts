// time limit: 600 s
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Control } from '../../lib/angel/control.js'
import { askAngel } from '../../lib/angel/index.js'
import { makeSocketFolder, socketPath } from '../../lib/program/socket-path.js'
import { folder } from '../cli/support.js'
import { answering } from '../support/answering.js'
import { built } from '../support/node.js'
import { rejection, turns } from '../support/service.js'
import { crowd, fixture, Guarded, guarded } from './support.js'

const test = suite('angel/control')

const PROGRAM = `
import { realpathSync } from 'node:fs'
import { events, Service } from '${pathToFileURL(path.resolve(built('lib/index.ts')))}'
const service = new Service()
service.listen(events.PostStart, () => {
  console.log('this is ' + realpathSync(process.argv[1]))
  console.log('open ' + service.address.port)
})
await service.run()
`

/** Sends `text` to a control socket, and gives what comes back. */
async function tell(socketPath: string, text: string | Uint8Array): Promise<string> {
  const socket = net.connect(socketPath)
  socket.on('error', () => {})
  socket.setEncoding('utf8')
  let answer = ''
  socket.on('data', (chunk: string) => {
    answer += chunk
  })
  socket.write(text)
  await once(socket, 'close')
  return answer
}

test('the socket is found by whatever name the program is called, and only its user can open it', () =>
  guarded(fixture('count'), async (service) => {
    const socket = socketPath(service.file, 'control')
    assert.is(statSync(socket).mode & 0o777, 0o600)
    assert.is(statSync(path.dirname(socket)).mode & 0o777, 0o700)
    const link = path.join(folder(), 'link.ts')
    symlinkSync(path.resolve(service.file), link)
    assert.is((await askAngel(link, 'status')).angel, (await service.status()).angel)
    assert.is(await service.stop(), 0)
    assert.not.ok(existsSync(socket))
    assert.is(((await rejection(service.status())) as Error).name, 'NoAngelRunningError')
  }))

test('a second angel of the same program is refused by name, and the first one is none the wiser', () =>
  guarded(fixture('count'), async (service) => {
    const error = await rejection(Guarded.start(service.file))
    assert.match(
      (error as Error).message,
      /AngelRunningError: An angel runs \S*spec\/angel\/fixtures\/count\.[jt]s already/,
    )
    const [counter] = await crowd(service.port, 1)
    assert.is(await counter?.say('hello'), 'hello')
    counter?.close()
  }))

test('what a dead angel has left behind is replaced', async () => {
  const dead = await Guarded.start(fixture('count'))
  await dead.run.kill()
  assert.ok(existsSync(socketPath(dead.file, 'control')))
  await guarded(fixture('count'), async (service) => {
    assert.is((await service.status()).state, 'serving')
  })
})

test('a program is found by the name that it was started by, though that leads to another release by now', async () => {
  const releases = folder({ 'one/program.mjs': PROGRAM, 'two/program.mjs': PROGRAM })
  const current = path.join(releases, 'current')
  symlinkSync('one', current)
  const file = path.join(current, 'program.mjs')
  await guarded(file, async (service) => {
    const before = await service.worker()
    unlinkSync(current)
    symlinkSync('two', current)
    assert.not.equal((await askAngel(file, 'restart')).worker, before)
    assert.match(service.run.out, /one\/program[\s\S]*two\/program/)
    // Nor can it be started twice under this name.
    assert.match(((await rejection(Guarded.start(file))) as Error).message, /AngelRunningError/)
    assert.is(await service.stop(), 0)
    assert.equal(readdirSync(path.dirname(socketPath(file, 'control'))), [])
  })
})

test('in a working directory that leads to another release by now, that one is started, and the old one may be gone', async () => {
  const releases = folder({ 'one/program.mjs': PROGRAM, 'two/program.mjs': PROGRAM })
  const current = path.join(releases, 'current')
  symlinkSync('one', current)
  const body = async (service: Guarded): Promise<void> => {
    const before = await service.worker()
    unlinkSync(current)
    symlinkSync('two', current)
    rmSync(path.join(releases, 'one'), { recursive: true })
    const { worker } = await service.restart()
    assert.not.equal(worker, before)
    assert.match(service.run.out, /one\/program[\s\S]*two\/program/)
    process.kill(worker, 'SIGKILL')
    assert.not.equal(await service.worker(worker), worker)
  }
  await guarded('program.mjs', body, [], { PWD: current }, current)
})

test('whoever has asked and stays does not keep the angel from ending', async () => {
  const service = await Guarded.start(fixture('count'))
  const socket = net.connect({ path: socketPath(service.file, 'control'), allowHalfOpen: true })
  socket.resume().write('{"ask":"status"}\n')
  await once(socket, 'end')
  assert.is(await service.stop(), 0)
  socket.destroy()
})

test('whoever has connected and never asks does not either', async () => {
  const file = path.join(folder(), 'silent.ts')
  writeFileSync(file, '')
  const control = await Control.listen({ warn: () => {} } as never, file)
  const socket = net.connect(socketPath(file, 'control'))
  await once(socket, 'connect')
  await turns()
  const late = pause(5_000, 'late', { ref: false })
  assert.is(await Promise.race([control.close(), late]), undefined)
  socket.destroy()
})

test('a folder that others may enter, or that is none, is not trusted', () => {
  const open = path.join(folder(), 'open')
  mkdirSync(open)
  chmodSync(open, 0o755)
  assert.throws(() => makeSocketFolder(path.join(open, 'x.sock')), /can be entered by others/)
  const file = path.join(folder({ file: '' }), 'file')
  assert.throws(() => makeSocketFolder(path.join(file, 'x.sock')), /can't be made/)
  assert.throws(() => makeSocketFolder(path.join(file, 'deeper', 'x.sock')), /can't be made/)
  const target = folder()
  const link = path.join(folder(), 'link')
  symlinkSync(target, link)
  assert.throws(() => makeSocketFolder(path.join(link, 'x.sock')), /is no folder/)
})

test('of a folder whose path is too long for sockets it is said which variable leads to another one', () => {
  const long = path.join(folder(), 'x'.repeat(90))
  assert.throws(
    () => makeSocketFolder(path.join(long, 'x.sock')),
    /too long for sockets, by \d+ bytes\. Set XDG_RUNTIME_DIR to a folder of your own with a shorter path/,
  )
  assert.not.ok(existsSync(long))
})

test('what is damaged, huge or unexpected on the socket does nothing but a line in the log', () =>
  guarded(fixture('count'), async (service) => {
    const [counter] = await crowd(service.port, 1)
    const before = await service.worker()
    const socket = socketPath(service.file, 'control')
    const nonsense = [
      'hello\n',
      '\n',
      '{"ask":"destroy"}\n',
      '{"ask":["restart"]}\n',
      'null\n',
      '[]\n',
      Buffer.from([0, 255, 254, 10]),
      `{"ask":"${'x'.repeat(100_000)}"}\n`,
      'x'.repeat(1_000_000),
    ]
    for (const text of nonsense) {
      const answer = await tell(socket, text)
      assert.ok(answer === '' || JSON.parse(answer).ok === false, answer)
    }
    // Who asks nothing, and who leaves in the middle of a question.
    const silent = net.connect(socket)
    await once(silent, 'connect')
    const hasty = net.connect(socket)
    await once(hasty, 'connect')
    hasty.write('{"ask":')
    hasty.destroy()
    assert.is(await service.worker(), before)
    assert.is(await counter?.say('hello'), 'hello')
    assert.is(service.run.err.match(/control socket was ignored/g)?.length, nonsense.length)
    silent.destroy()
    counter?.close()
  }))

test('whoever asks for a restart and goes does not keep it from happening', () =>
  guarded(fixture('count'), async (service) => {
    const before = await service.worker()
    const socket = net.connect(socketPath(service.file, 'control'))
    await once(socket, 'connect')
    socket.write('{"ask":"restart"}\n', () => socket.destroy())
    await service.worker(before)
  }))

test('an answer that is none is told as such', async () => {
  const file = path.join(folder({ 'program.ts': '' }), 'program.ts')
  const socket = socketPath(file, 'control')
  makeSocketFolder(socket)
  for (const [answer, message] of [
    ['', /it broke off/],
    ['gibberish\n', /no JSON/],
    ['{"ok":false,"reason":"no"}\n', /no/],
  ] as const) {
    const server = await answering(answer, socket)
    const error = (await rejection(askAngel(file, 'status'))) as Error
    assert.is(error.name, 'ControlError')
    assert.match(error.message, message)
    server.close()
    await once(server, 'close')
  }
  writeFileSync(file, '')
})

test.run()
