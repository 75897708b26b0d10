// time limit: 600 s
// not measured: it starts processes by the hundred, and other specs reach the same lines.
// What a restart finds half done: lines, telnet, prompts, output, work.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { crowd, fixture, type Guarded, guarded, problems } from './support.js'

const test = suite('angel/halves')

const [IAC, DONT, DO, WONT, WILL, SB, SE, ECHO, NAWS] = [255, 254, 253, 252, 251, 250, 240, 1, 31] as const
const AYT = 246
/** Bytes as text, a character a byte. */
const bytes = (...values: number[]): string => Buffer.from(values).toString('latin1')
const send = (peer: Peer, text: string): void => peer.send(Buffer.from(text, 'latin1'))

/** Runs the talking service for the time of `body`. */
async function talking(
  body: (service: Guarded) => Promise<void>,
  settings: readonly string[] = [],
): Promise<void> {
  const storePath = mkdtempSync(path.join(tmpdir(), 'mara-angel-'))
  try {
    await guarded(fixture('talk'), body, [`--storePath=${storePath}`, ...settings])
  } finally {
    rmSync(storePath, { recursive: true })
  }
}

async function guest(service: Guarded): Promise<Peer> {
  const peer = await service.connect()
  await peer.until('Name: ')
  peer.send('guest\r\n')
  await peer.until('Hello, guest\r\n')
  return peer
}

async function ask(peer: Peer, line: string): Promise<string> {
  peer.send(`${line}\r\n`)
  return peer.line()
}

test('lines that are cut anywhere, within characters too, come through three restarts whole', () =>
  guarded(fixture('count'), async (service) => {
    const counters = await crowd(service.port, 50)
    for (const counter of counters) counter.sendInPieces()
    for (const counter of counters) counter.talk()
    for (let i = 0; i < 3; i++) await service.restart()
    await Promise.all(counters.map((counter) => counter.quiet()))
    assert.equal(problems(counters), [])
    for (const counter of counters) assert.ok(counter.received > 10)
    for (const counter of counters) counter.close()
  }))

test('a half line, a telnet sequence cut in two and what was agreed before are all there after it', () =>
  talking(async (service) => {
    const peer = await guest(service)
    send(peer, bytes(IAC, WILL, NAWS, IAC, AYT))
    assert.ok((await peer.until('[Yes]\r\n')).startsWith(bytes(IAC, DO, NAWS)))
    send(peer, `caf\xc3${bytes(IAC, SB, NAWS, 0, 80, 0)}`)
    await service.restart()
    send(peer, bytes(24, IAC, SE, IAC))
    await service.restart()
    send(peer, `${bytes(SB, NAWS, 0, 90, 0, 30, IAC, SE)}\xa9 au lait\r`)
    assert.is(await peer.line(), 'You said: caf\xc3\xa9 au lait')
    await service.restart()
    peer.send('\nterminal\r\n')
    assert.is(await peer.line(), '90x30 true', 'the LF of the CR LF is no line')
    // Nothing is negotiated anew.
    assert.is(peer.received, '')
    peer.destroy()
  }))

/** Logs in up to the password, agrees to hide it, and restarts. */
async function halfLoggedIn(service: Guarded): Promise<Peer> {
  const peer = await service.connect()
  await peer.until('Name: ')
  peer.send('ann\r\n')
  assert.is(await peer.until('Password: '), `${bytes(IAC, WILL, ECHO)}Password: `)
  send(peer, bytes(IAC, DO, ECHO, IAC, AYT))
  await peer.until('[Yes]\r\n')
  send(peer, 'sec')
  await service.restart()
  return peer
}

test('a login with a password prompt open goes on, and what is typed stays hidden to its end', () =>
  talking(async (service) => {
    const peer = await halfLoggedIn(service)
    peer.send('ret\r\n')
    assert.is(await peer.until('Hello, ann 6\r\n'), `${bytes(IAC, WONT, ECHO)}\r\nHello, ann 6\r\n`)
    peer.destroy()
  }))

test('with onRestart=restart it begins again once the line is ended, and what is typed is shown again', () =>
  talking(
    async (service) => {
      const peer = await halfLoggedIn(service)
      await peer.until('\r\nThe service has restarted. Press Enter to go on.\r\n')
      peer.send('ret\r\n')
      assert.is(await peer.until('Name: '), `${bytes(IAC, WONT, ECHO)}Name: `)
      send(peer, `${bytes(IAC, DONT, ECHO)}ann\r\n`)
      assert.is(await peer.until('Password: '), `${bytes(IAC, WILL, ECHO)}Password: `)
      peer.send('secret\r\n')
      assert.match(await peer.until('Hello, ann 6\r\n'), /Hello/)
      peer.destroy()
    },
    ['--onRestart=restart'],
  ))

test('lines typed ahead are answers to what is asked before and after the restart, each once', () =>
  talking(async (service) => {
    const peer = await guest(service)
    const restarting = service.restart()
    await service.run.find(/restarting/)
    peer.send('work 300\r\nask\r\nyes\r\nask\r\nno\r\nhello\r\n')
    await restarting
    assert.is(await peer.line(), 'worked')
    assert.is(await peer.line(), 'Sure? So: yes')
    assert.is(await peer.line(), 'Sure? So: no')
    assert.is(await peer.line(), 'You said: hello')
    peer.destroy()
  }))

test('work that takes longer than handlers get is begun again in the new process', () =>
  talking(
    async (service) => {
      const peer = await guest(service)
      const restarting = service.restart()
      await service.run.find(/restarting/)
      peer.send('work 1500\r\nhello\r\n')
      await restarting
      assert.equal(await peer.lines(2), ['worked', 'You said: hello'])
      peer.destroy()
    },
    ['--drain=300'],
  ))

test('a handler of Receive that waits for a line goes on waiting, and nothing is shown twice', () =>
  talking(async (service) => {
    const peer = await guest(service)
    peer.send('ask\r\n')
    await peer.until('Sure? ')
    await service.restart()
    assert.is(await ask(peer, 'very'), 'So: very')
    assert.is(await ask(peer, 'hello'), 'You said: hello')
    peer.destroy()
  }))

test('with onRestart=restart it is run again with the same line', () =>
  talking(
    async (service) => {
      const peer = await guest(service)
      peer.send('ask\r\n')
      await peer.until('Sure? ')
      await service.restart()
      assert.is(await peer.until('Sure? '), '\r\nSure? ')
      assert.is(await ask(peer, 'very'), 'So: very')
      peer.destroy()
    },
    ['--onRestart=restart'],
  ))

test('with onRestart=disconnect whoever is asked something is told goodbye, and nobody else', () =>
  talking(
    async (service) => {
      const peer = await guest(service)
      const other = await guest(service)
      peer.send('ask\r\n')
      await peer.until('Sure? ')
      await service.restart()
      assert.is(await peer.rest(), 'The service restarts. Please connect again.\r\n')
      await service.run.find(/gone guest/)
      assert.is(await ask(other, 'hello'), 'You said: hello')
      await service.connections(1)
      other.destroy()
    },
    ['--onRestart=disconnect'],
  ))

test('with onRestart=wait a conversation may end first; one that does not is begun again', () =>
  talking(
    async (service) => {
      const before = await service.worker()
      const peer = await guest(service)
      peer.send('ask\r\n')
      await peer.until('Sure? ')
      const restarting = service.restart()
      await service.run.find(/restarting/)
      assert.is(await ask(peer, 'yes'), 'So: yes')
      assert.not.equal((await restarting).worker, before)
      assert.is(peer.received, '')

      peer.send('ask\r\n')
      await peer.until('Sure? ')
      await service.restart()
      assert.is(await peer.until('Sure? '), '\r\nSure? ')
      peer.destroy()
    },
    ['--onRestart=wait', '--restartWait=2000'],
  ))

test('output that a slow reader has not taken arrives whole and once, over three restarts', () =>
  talking(
    async (service) => {
      const peer = await guest(service)
      peer.socket.pause()
      peer.send('flood 5000 100\r\n')
      // As much as the system takes is on its way by then, and the rest waits in the process.
      await pause(1_500)
      for (let i = 0; i < 3; i++) await service.restart()
      peer.socket.resume()
      const all = await peer.until('\xc3\xa9499999\r\n')
      assert.is(all, Array.from({ length: 500_000 }, (_, i) => `\xc3\xa9${i}\r\n`).join(''))
      assert.is(await ask(peer, 'hello'), 'You said: hello')
      peer.destroy()
    },
    ['--maxUnsentBytes=100000000', '--maxUnreadLines=10'],
  ))

test('a client that was told goodbye and reads slowly is told all of it, once, after two restarts, and closed', () =>
  talking(
    async (service) => {
      const peer = await guest(service)
      peer.socket.pause()
      peer.send('quit farewell!\r\n')
      await service.run.find(/gone guest/)
      for (let i = 0; i < 2; i++) await service.restart()
      peer.socket.resume()
      assert.is(await peer.rest(), `${'farewell!'.repeat(1_000_000)}\r\n`)
      peer.end()
      await service.connections(0)
    },
    ['--maxUnsentBytes=100000000'],
  ))

test('what Disconnect does for a client that is reset as a restart comes is done, and saved, before it', () =>
  talking(async (service) => {
    const peer = await guest(service)
    assert.is(await ask(peer, 'linger\r\nhello'), 'You said: hello')
    const restarting = service.restart()
    await service.run.find(/restarting/)
    peer.socket.resetAndDestroy()
    await restarting
    await service.run.find(/saved\ngone guest/)
    assert.not.match(service.run.err, /"level":"error"/)
  }))

test('a stream that was given to accept() is told goodbye before the restart', () =>
  talking(async (service) => {
    const [, port] = await service.run.find(/beside (\d+)/)
    const peer = await Peer.connect({ port: Number(port), host: '127.0.0.1' })
    await peer.until('Name: ')
    await service.restart()
    assert.is(await peer.rest(), 'The service restarts. Please connect again.\r\n')
  }))

test('ids, times, state with all that it may hold, and stores are what they were', () =>
  talking(async (service) => {
    const ann = await guest(service)
    const facts = await ask(ann, 'facts')
    const bob = await guest(service)
    ann.send('remember guest\r\n')
    assert.is(await ask(ann, 'play'), 'playing')
    assert.is(await ask(ann, 'score'), '11 merry 7 true')
    await service.restart()
    assert.is(await ask(ann, 'facts'), facts)
    assert.is(await ask(ann, 'recall'), '86400000 1 guest true')
    assert.is(await ask(ann, 'score'), '11 merry 7 true')
    assert.is(await ask(ann, 'restarted'), 'as asked')
    const newcomer = await guest(service)
    assert.is((await ask(newcomer, 'facts')).split(' ')[0], '3', 'ids go on')
    for (const peer of [ann, bob, newcomer]) peer.destroy()
  }))

test('after a crash stores are what was saved last, and clients what was last kept', () =>
  talking(async (service) => {
    const ann = await guest(service)
    ;(await guest(service)).destroy()
    const before = await service.worker()
    assert.is(await ask(ann, 'play'), 'playing')
    process.kill(before, 'SIGKILL')
    await service.worker(before)
    assert.is(await ask(ann, 'restarted'), 'after a crash')
    // What was changed after the save may be there or not; what was saved is, by its key, and so is the login.
    assert.match(await ask(ann, 'score'), /^(1 calm|11 merry) /)
    const facts = await ask(ann, 'facts')
    assert.match(facts, / guest$/)
    const newcomer = await guest(service)
    assert.ok(
      Number.parseInt(await ask(newcomer, 'facts'), 10) > Number.parseInt(facts, 10) + 1,
      'no id is given twice',
    )
    for (const peer of [ann, newcomer]) peer.destroy()
  }))

test.run()
