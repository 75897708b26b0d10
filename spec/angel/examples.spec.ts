// time limit: 300 s
/** The talker and the MUD under an angel: an admin restarts them, and they are killed; nobody is disconnected, or anywhere else. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { hashPassword } from 'mara-ts/contrib/users'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askAngel } from '../../lib/angel/index.js'
import { Run } from '../cli/support.js'
import { built, loader } from '../support/node.js'
import { Peer } from '../support/peer.js'
import { rejection } from '../support/service.js'
import { ANGEL } from './support.js'

const test = suite('examples under an angel')

const SECRET = 'correct horse'
const TOLD = '-- The service restarts; nobody is disconnected. --'

/** Sends lines, and gives what has come when the answer to a last one is there. */
async function seen(peer: Peer, ...lines: string[]): Promise<string[]> {
  peer.send([...lines, 'help qqqqqq', ''].join('\r\n'))
  return (await peer.until('Unknown command: qqqqqq.\r\n')).split('\r\n').slice(0, -2)
}

async function worker(file: string, before?: number): Promise<number> {
  for (;;) {
    const { worker, state } = await askAngel(file, 'status')
    if (worker !== undefined && worker !== before && state === 'serving') return worker
    await pause(20)
  }
}

interface Guests {
  knock(): Promise<Peer>
  /** Somebody who has an account logs in. */
  enter(name: string): Promise<Peer>
}

/** Runs an example under an angel, with accounts of ann, who is an admin, and bob. */
async function withExample(
  file: string,
  body: (guests: Guests) => Promise<void>,
  settings: readonly string[] = [],
): Promise<void> {
  const storePath = mkdtempSync(join(tmpdir(), 'mara-example-'))
  const password = await hashPassword(SECRET)
  mkdirSync(join(storePath, 'user'))
  for (const name of ['ann', 'bob']) {
    writeFileSync(
      join(storePath, 'user', `${name}.json`),
      JSON.stringify({ name, password, isAdmin: name === 'ann' }),
    )
  }
  const args = [...loader, ANGEL, file, '--port=0', '--no-telnet', `--storePath=${storePath}`, ...settings]
  const run = new Run(process.execPath, args)
  const peers: Peer[] = []
  try {
    const [, port] = await run.find(/telnet \S+ (\d+)\n/)
    const knock = async (): Promise<Peer> => {
      const peer = await Peer.connect({ host: '127.0.0.1', port: Number(port) })
      // The talker's, at each full hour.
      peer.ignored = /A church bell .*\r\n/
      peers.push(peer)
      return peer
    }
    const enter = async (name: string): Promise<Peer> => {
      const peer = await knock()
      peer.send(`${name}\r\n${SECRET}\r\n`)
      await peer.until(`Welcome, ${name}!\r\n`)
      await seen(peer)
      return peer
    }
    await body({ knock, enter })
    for (const peer of peers) peer.destroy()
    await askAngel(file, 'stop')
    assert.is(await run.ended, 0)
  } finally {
    await run.kill()
    rmSync(storePath, { recursive: true, force: true })
  }
}

test('the talker: who is logged in stays so, and who is logging in goes on in the middle of it', () => {
  const FILE = built('examples/talker.ts')
  return withExample(FILE, async ({ knock, enter }) => {
    const [ann, bob] = [await enter('ann'), await enter('bob')]
    const door = await knock()
    door.send('cat\r\n')
    await door.until('no) ')
    assert.equal(await seen(ann), ['bob has connected'])
    assert.equal(await seen(bob, 'restart'), ['Unknown command: restart.'])

    const first = await worker(FILE)
    ann.send('restart\r\n')
    assert.is(await ann.line(), TOLD)
    assert.is(await bob.line(), TOLD)
    const second = await worker(FILE, first)
    assert.equal(await seen(bob, 'tell ann still here'), ['You tell ann: still here'])
    const [heard, rule, ...online] = await seen(ann, 'who')
    assert.is(heard, 'bob tells you: still here')
    assert.match(rule as string, / Online /)
    assert.equal(
      online.slice(0, -1).map((line) => line.split(' ')[0]),
      ['ann', 'bob'],
    )
    // Who was in the middle of logging in has noticed nothing.
    door.send('n\r\n')
    assert.is(await door.until('Name: '), 'Name: ')
    door.send('bob\r\nwrong\r\n')
    assert.match(await door.until('Name: '), /Wrong password\.\r\nName: $/)

    process.kill(second, 'SIGKILL')
    await worker(FILE, second)
    assert.equal(await seen(ann, 'say and on'), ['You say: and on'])
    assert.equal(await seen(bob), ['ann says: and on'])
    door.destroy()
    // Taken over, and then gone: each told once.
    const again = await enter('bob')
    assert.is(await bob.rest(), 'You have logged in from another connection. Goodbye.\r\n')
    again.destroy()
    assert.equal(await ann.lines(2), ['bob has reconnected', 'bob has left'])
  })
})

test('the talker: who came, went or came again while a new version was on probation has done so for the one that goes on', () => {
  const FILE = built('examples/talker.ts')
  return withExample(
    FILE,
    async ({ knock, enter }) => {
      const [ann, bob] = [await enter('ann'), await enter('bob')]
      const before = await worker(FILE)
      const restarting = rejection(askAngel(FILE, 'restart'))
      const next = await worker(FILE, before)
      const annAgain = await enter('ann')
      await ann.rest()
      const cat = await knock()
      cat.send(`cat\r\nyes\r\n${SECRET}\r\n${SECRET}\r\n`)
      await cat.until('Welcome, cat!\r\n')
      bob.send('quit\r\n')
      await bob.rest()
      await annAgain.until('bob has left\r\n')
      process.kill(next, 'SIGKILL')
      await restarting
      assert.is(await worker(FILE), before)
      assert.equal(await seen(annAgain, 'say hi', 'tell bob hi', 'tell cat hi'), [
        'You say: hi',
        'Nobody here is called bob.',
        'You tell cat: hi',
      ])
      // One account, one connection.
      await enter('cat')
      assert.match(await cat.rest(), /another connection/)
    },
    ['--probation=60000'],
  )
})

test('the MUD: everybody stays where they are, copies of rooms included', () => {
  const FILE = built('examples/mud/main.ts')
  return withExample(FILE, async ({ enter }) => {
    const [ann, bob] = [await enter('ann'), await enter('bob')]
    await seen(ann, 'n', 'dive', 's', 'e', 'down')
    await seen(bob, 'n')
    const first = await worker(FILE)
    ann.send('restart\r\n')
    assert.is(await ann.line(), TOLD)
    assert.is(await bob.line(), TOLD)
    const second = await worker(FILE, first)
    assert.equal(await seen(ann, 'where', 'where bob', 'say alone?'), [
      'You are in the dream',
      'bob is by the pool',
      'You say: alone?',
    ])
    process.kill(second, 'SIGKILL')
    await worker(FILE, second)
    assert.equal((await seen(ann, 'up', 'west', 'n')).at(-2), 'Here: bob.')
    assert.equal(await seen(bob, 'say hi'), ['ann enters from the south', 'You say: hi'])
    assert.equal(await seen(ann), ['bob says: hi'])
  })
})

test.run()
