/** The talker as its people meet it: a process, three people over sockets, and every line that each of them sees. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { type Program, withProgram } from '../support/program.js'

const SECRET = 'correct horse'
const CHOOSE = 'Choose a password (8 characters or more): '

interface Talker {
  readonly program: Program
  readonly accounts: () => string[]
  /** Somebody at the door, before the prompt. */
  knock(): Promise<Peer>
  /** Somebody inside, with a new account. */
  enter(name: string, greeting: string): Promise<Peer>
}

/** Sends a line, and a question whose answer nobody else gets, and gives all that came before the answer's end. */
async function seen(peer: Peer, ...lines: string[]): Promise<string[]> {
  peer.send([...lines, 'help qqqqqq', ''].join('\r\n'))
  return (await peer.until('Unknown command: qqqqqq.\r\n')).split('\r\n').slice(0, -2)
}

async function withTalker(
  body: (talker: Talker) => Promise<void>,
  settings: readonly string[] = [],
  storePath = mkdtempSync(join(tmpdir(), 'mara-talker-')),
): Promise<void> {
  const args = ['examples/talker.ts', '--port=0', '--host=127.0.0.1', `--storePath=${storePath}`, ...settings]
  const peers: Peer[] = []
  await withProgram(args, async (program) => {
    const [, port] = await program.find(/127\.0\.0\.1 (\d+)\n/)
    const knock = async (): Promise<Peer> => {
      const peer = await Peer.connect({ host: '127.0.0.1', port: Number(port) })
      peers.push(peer)
      return peer
    }
    const enter = async (name: string, greeting: string): Promise<Peer> => {
      const peer = await knock()
      peer.send(`${name}\r\nyes\r\n${SECRET}\r\n${SECRET}\r\n`)
      await peer.until('Account created.\r\n')
      assert.equal(await peer.lines(2), [`Welcome, ${name}!`, greeting])
      return peer
    }
    try {
      await body({
        program,
        knock,
        enter,
        accounts: () =>
          readdirSync(join(storePath, 'user'))
            .filter((file) => !file.startsWith('.'))
            .sort(),
      })
    } finally {
      for (const peer of peers) peer.destroy()
    }
  })
  if (settings.length === 0) rmSync(storePath, { recursive: true, force: true })
}

/** What a telnet client sees: without the commands by which its echo is turned off and on. */
function visible(bytes: string): string {
  return bytes.replace(/\xff[\xfb-\xfe]./g, '')
}

test('a new account and a login, to the letter, for a telnet client that hides what is typed', () =>
  withTalker(async ({ knock }) => {
    const ann = await knock()
    const answer = async (prompt: string, line: string): Promise<string> => {
      const before = visible(await ann.until(prompt))
      ann.send(`${line}\r\n`)
      return before
    }
    assert.is(await answer('Name: ', 'ann'), 'Name: ')
    assert.is(await answer('no) ', 'yes'), 'No account is called ann.\r\nCreate it? (yes/no) ')
    assert.is(await answer('more): ', SECRET), CHOOSE)
    assert.is(await answer('password: ', `${SECRET}.`), '\r\nRepeat the password: ')
    assert.is(await answer('more): ', SECRET), `\r\nThe passwords differ.\r\n${CHOOSE}`)
    assert.is(await answer('password: ', SECRET), '\r\nRepeat the password: ')
    assert.is(
      visible(await ann.until('here.\r\n')),
      '\r\nAccount created.\r\nWelcome, ann!\r\nYou are alone here.\r\n',
    )
    const thief = await knock()
    thief.send('ann\r\nwrong\r\nann\r\nwrong\r\nANN\r\nwrong\r\nann\r\n')
    const turn = 'Name: Password: \r\nWrong password.\r\n'
    assert.is(visible(await thief.rest()), turn + turn + turn)
    assert.equal(await seen(ann), [])
  }))

test('three people talk, and each sees what is for them, and nothing else', () =>
  withTalker(
    async ({ knock, enter, accounts }) => {
      const ann = await enter('ann', 'You are alone here.')
      const door = await knock()
      door.send('dan\r\n')
      const bob = await enter('bob', 'Here: ann.')
      const cat = await enter('cat', 'Here: ann, bob.')
      assert.equal(await seen(ann), ['bob has connected', 'cat has connected'])
      assert.equal(await seen(bob), ['cat has connected'])

      assert.equal(await seen(ann, 'say hi'), ['You say: hi'])
      assert.equal(await seen(ann, 'emote smiles'), ['ann smiles'])
      assert.equal(await seen(ann, 'tell bob, cat psst'), ['You tell bob and cat: psst'])
      assert.equal(await seen(ann, 'tell bob secret'), ['You tell bob: secret'])
      assert.equal(await seen(bob), [
        'ann says: hi',
        'ann smiles',
        'ann tells you and cat: psst',
        'ann tells you: secret',
      ])
      assert.equal(await seen(cat), ['ann says: hi', 'ann smiles', 'ann tells you and bob: psst'])
      assert.equal(
        await seen(cat, "'me too", ';waves', 'look', 'look foo', 'restart', 'set_admin cat on', 'lok'),
        [
          'You say: me too',
          'cat waves',
          'Here: ann, bob.',
          'Syntax: look',
          'Unknown command: restart.',
          'Unknown command: set_admin.',
          'Unknown command: lok. Did you mean look?',
        ],
      )
      assert.equal(await seen(ann), ['cat says: me too', 'cat waves', 'cat looks around'])

      cat.send('quit\r\n')
      assert.is(await cat.rest(), 'Goodbye.\r\n')
      bob.destroy()
      assert.equal(await ann.lines(2), ['cat has left', 'bob has left'])
      assert.equal(await seen(ann), [])
      // Who stands at the door has seen and heard nothing of all that.
      assert.is(await door.until('no) '), 'Name: No account is called dan.\r\nCreate it? (yes/no) ')
      assert.is(door.received, '')
      assert.equal(accounts(), ['ann.json', 'bob.json', 'cat.json'])
    },
    ['--no-telnet'],
  ))

test('accounts outlive the process, and the first admin is made from the command line', async () => {
  const storePath = mkdtempSync(join(tmpdir(), 'mara-talker-'))
  const settings = ['--no-telnet']
  await withTalker(
    async ({ enter, program }) => {
      const ann = await enter('Ann', 'You are alone here.')
      assert.equal(await seen(ann, 'admin'), ['There are no admins.'])
      program.signal('SIGTERM')
      assert.is(await ann.rest(), 'The talker is closing. Goodbye.\r\n')
      assert.equal(await program.exit, { code: 0, signal: null })
    },
    settings,
    storePath,
  )
  const stored = JSON.parse(readFileSync(join(storePath, 'user', 'ann.json'), 'utf8'))
  assert.is(stored.name, 'Ann')
  assert.ok(Date.parse(stored.lastSeen) > 0)
  await withTalker(
    async ({ knock }) => {
      const ann = await knock()
      ann.send(`ann\r\n${SECRET}\r\n`)
      await ann.until('Welcome, Ann!\r\n')
      await ann.line()
      assert.equal((await seen(ann, 'admin', 'restart')).slice(1), [
        'Online: Ann',
        '-'.repeat(80),
        "This service can't restart: it runs without an angel.",
      ])
    },
    [...settings, '--admin=ann'],
    storePath,
  )
  rmSync(storePath, { recursive: true, force: true })
})

test.run()
