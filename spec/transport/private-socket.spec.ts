import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { AddressInUseError, ListenError } from '../../lib/transport/errors.js'
import { makeFree, PrivateSocket } from '../../lib/transport/private-socket.js'
import { folder } from '../cli/support.js'
import { Program } from '../support/program.js'
import { rejection } from '../support/service.js'

const test = suite('transport/private-socket')

const warnings: string[] = []

function open(name: string, alias?: string): Promise<PrivateSocket> {
  return PrivateSocket.listen({
    path: name,
    alias,
    what: 'ear',
    hint: 'Stop it.',
    connection: (socket) => socket.on('error', () => {}).end('hello'),
    warn: (message) => void warnings.push(message),
  })
}

async function answer(name: string): Promise<string> {
  const socket = net.connect(name).setEncoding('utf8')
  const [text] = await once(socket, 'data')
  socket.destroy()
  return text as string
}

/** A socket file on which nobody listens any more. */
async function leaveBehind(name: string): Promise<void> {
  const code = `require('node:net').createServer().listen(${JSON.stringify(name)}, () => process.kill(process.pid, 'SIGKILL'))`
  await new Program(['-e', code]).exit
  assert.ok(lstatSync(name).isSocket())
}

test('only its user can open it, from the first moment, whatever the umask is', async () => {
  const name = path.join(folder(), 'ear')
  const before = process.umask(0)
  try {
    const listening = open(name)
    // What can be seen of it meanwhile is the folder in which it is made.
    for (const made of readdirSync(path.dirname(name))) {
      assert.is(lstatSync(path.join(path.dirname(name), made)).mode & 0o077, 0, made)
    }
    const socket = await listening
    assert.is(lstatSync(name).mode & 0o777, 0o600)
    assert.is(await answer(name), 'hello')
    socket.close()
  } finally {
    process.umask(before)
  }
})

test('nothing of it is left when it is closed', async () => {
  const home = folder()
  const socket = await open(path.join(home, 'ear'), path.join(home, 'other'))
  assert.equal(readdirSync(home).sort(), ['ear', 'other'])
  assert.is(await answer(path.join(home, 'other')), 'hello')
  socket.close()
  assert.equal(readdirSync(home), [])
})

test('one that answers is left alone, and the newcomer is told by name', async () => {
  const home = folder()
  const name = path.join(home, 'ear')
  const first = await open(name)
  assert.instance(await rejection(open(name)), AddressInUseError)
  assert.instance(await rejection(open(path.join(home, 'new'), name)), AddressInUseError)
  assert.is(await answer(name), 'hello')
  assert.equal(readdirSync(home), ['ear'])
  first.close()
})

test('of two that open at once, one is refused', async () => {
  const name = path.join(folder(), 'ear')
  const both = await Promise.allSettled([open(name), open(name)])
  const refused = both.filter((one) => one.status === 'rejected')
  assert.is(refused.length, 1)
  assert.instance(refused[0]?.reason, AddressInUseError)
  for (const one of both) if (one.status === 'fulfilled') one.value.close()
})

test('what a dead process has left behind is replaced', async () => {
  const name = path.join(folder(), 'ear')
  await leaveBehind(name)
  const socket = await open(name)
  assert.is(await answer(name), 'hello')
  socket.close()
})

test('a file of another kind is not touched, and a link is not followed', async () => {
  const home = folder({ file: 'precious' })
  await leaveBehind(path.join(home, 'dead'))
  symlinkSync('dead', path.join(home, 'link'))
  mkdirSync(path.join(home, 'folder'))
  for (const [name, problem] of [
    ['file', /another kind/],
    ['folder', /another kind/],
    ['link', /symbolic link/],
  ] as const) {
    const error = await rejection(open(path.join(home, name)))
    assert.instance(error, ListenError)
    assert.match((error as Error).message, problem)
  }
  assert.is(readFileSync(path.join(home, 'file'), 'utf8'), 'precious')
  assert.ok(existsSync(path.join(home, 'dead')))
})

test('a folder in which anybody may replace files is refused; one with the sticky bit is not', async () => {
  const home = path.join(folder(), 'open')
  mkdirSync(home)
  chmodSync(home, 0o777)
  assert.match(((await rejection(open(path.join(home, 'ear')))) as Error).message, /anybody may change/)
  chmodSync(home, 0o1777)
  const socket = await open(path.join(home, 'ear'))
  socket.close()
})

test('a path that no socket can have, and a folder that is not there, are told as such', async () => {
  const long = await rejection(open(path.join(folder(), 'x'.repeat(100))))
  assert.instance(long, ListenError)
  assert.match((long as Error).message, /more than 103 bytes/)
  assert.instance(await rejection(open(path.join(folder(), 'missing', 'ear'))), ListenError)
})

test('what somebody clears away is made again; whoever is connected stays so', async () => {
  const home = folder()
  const name = path.join(home, 'ear')
  const told = new Promise<string>((resolve) => {
    void PrivateSocket.listen({
      path: name,
      what: 'ear',
      hint: '',
      connection: (peer) => peer.on('data', (chunk) => peer.write(chunk)),
      warn: resolve,
    }).then((socket) => {
      opened = socket
    })
  })
  let opened: PrivateSocket | undefined
  while (!existsSync(name)) await new Promise((resolve) => setImmediate(resolve))
  const peer = net.connect(name).setEncoding('utf8')
  await once(peer, 'connect')
  rmSync(name)
  assert.is(await told, 'The ear was gone, and has been made again.')
  assert.is(lstatSync(name).mode & 0o777, 0o600)
  peer.write('still here')
  assert.equal(await once(peer, 'data'), ['still here'])
  peer.destroy()
  opened?.close()
  assert.equal(readdirSync(home), [])
})

test('where nobody can look any more whether it is there, that is told, and ends nothing', async () => {
  const home = path.join(folder(), 'home')
  mkdirSync(home)
  let socket: PrivateSocket | undefined
  const told = new Promise<string>((resolve) => {
    void PrivateSocket.listen({
      path: path.join(home, 'ear'),
      what: 'ear',
      hint: '',
      connection: () => {},
      warn: resolve,
    }).then((opened) => {
      socket = opened
    })
  })
  while (socket === undefined) await new Promise((resolve) => setImmediate(resolve))
  rmSync(home, { recursive: true })
  writeFileSync(home, 'a file in the place of the folder')
  assert.match(await told, /^The ear is gone: /)
  socket.close()
})

test('one that another process has put in its place is not removed with it', async () => {
  const name = path.join(folder(), 'ear')
  const first = await open(name)
  rmSync(name)
  writeFileSync(name, 'of somebody else')
  first.close()
  assert.is(readFileSync(name, 'utf8'), 'of somebody else')
})

test('whether a place is free can be asked without taking it', async () => {
  const home = folder()
  const name = path.join(home, 'ear')
  await makeFree(name, '')
  assert.equal(readdirSync(home), [])
  const socket = await open(name)
  assert.instance(await rejection(makeFree(name, '')), AddressInUseError)
  socket.close()
})

test.run()
