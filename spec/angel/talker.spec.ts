// time limit: 300 s
/** The talker under an angel: an admin restarts it, and it is killed; nobody is disconnected, and nobody's login is lost. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashPassword } from 'mara-ts/contrib/users'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askAngel } from '../../lib/angel/index.js'
import { Run } from '../cli/support.js'
import { Peer } from '../support/peer.js'
import { turns } from '../support/service.js'
import { fixture } from './support.js'

const test = suite('the talker under an angel')

const FILE = 'examples/talker.ts'
const SECRET = 'correct horse'

/** Sends lines, and gives what has come when the answer to a last one is there. */
async function seen(peer: Peer, ...lines: string[]): Promise<string[]> {
  peer.send([...lines, 'help fence', ''].join('\r\n'))
  return (await peer.until('Unknown command: fence.\r\n')).split('\r\n').slice(0, -2)
}

async function worker(before?: number): Promise<number> {
  for (;;) {
    const { worker, state } = await askAngel(FILE, 'status')
    if (worker !== undefined && worker !== before && state === 'serving') return worker
    await turns()
  }
}

test('a restart and a crash', async () => {
  const storePath = mkdtempSync(join(tmpdir(), 'mara-talker-'))
  const password = await hashPassword(SECRET)
  mkdirSync(join(storePath, 'user'))
  for (const name of ['ann', 'bob']) {
    writeFileSync(
      join(storePath, 'user', `${name}.json`),
      JSON.stringify({ name, password, isAdmin: name === 'ann' }),
    )
  }
  const args = [
    '--import',
    'tsx',
    fixture('angel'),
    FILE,
    '--port=0',
    '--no-telnet',
    `--storePath=${storePath}`,
  ]
  const run = new Run(process.execPath, args)
  try {
    const [, port] = await run.find(/telnet \S+ (\d+)\n/)
    const knock = (): Promise<Peer> => Peer.connect({ host: '127.0.0.1', port: Number(port) })
    const enter = async (name: string): Promise<Peer> => {
      const peer = await knock()
      peer.send(`${name}\r\n${SECRET}\r\n`)
      await peer.until(`Welcome, ${name}!\r\n`)
      await peer.line()
      return peer
    }
    const [ann, bob] = [await enter('ann'), await enter('bob')]
    const door = await knock()
    door.send('cat\r\n')
    await door.until('no) ')
    assert.equal(await seen(ann), ['bob has connected'])
    assert.equal(await seen(bob, 'restart'), ['Unknown command: restart.'])

    const first = await worker()
    ann.send('restart\r\n')
    const told = '-- The service restarts; nobody is disconnected. --'
    assert.is(await ann.line(), told)
    assert.is(await bob.line(), told)
    const second = await worker(first)
    assert.equal(await seen(bob, 'tell ann still here'), ['You tell ann: still here'])
    const [heard, rule, ...online] = await seen(ann, 'who')
    assert.is(heard, 'bob tells you: still here')
    assert.match(rule as string, / Online /)
    assert.equal(
      online.slice(0, -1).map((line) => line.split(' ')[0]),
      ['ann', 'bob'],
    )
    // Who was in the middle of logging in begins again, and has been told nothing.
    assert.is(await door.until('Name: '), '\r\nName: ')
    door.send('bob\r\nwrong\r\n')
    assert.match(await door.until('Name: '), /Wrong password\.\r\nName: $/)

    process.kill(second, 'SIGKILL')
    await worker(second)
    assert.equal(await seen(ann, 'say and on'), ['You say: and on'])
    assert.equal(await seen(bob), ['ann says: and on'])
    door.destroy()
    // Taken over, and then gone: each told once.
    const again = await enter('bob')
    assert.is(await bob.rest(), 'You have logged in from another connection. Goodbye.\r\n')
    again.destroy()
    assert.equal(await ann.lines(2), ['bob has reconnected', 'bob has left'])
    ann.destroy()
    await askAngel(FILE, 'stop')
    assert.is(await run.ended, 0)
  } finally {
    await run.kill()
    rmSync(storePath, { recursive: true, force: true })
  }
})

test.run()
