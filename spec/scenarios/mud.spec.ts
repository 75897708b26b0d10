/** The MUD as its people meet it: a process, three people over sockets, and every line that each of them sees. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { withProgram } from '../support/program.js'

const SECRET = 'correct horse'
const LOBBY = ['The lobby', 'A small lobby with a tiled floor. The door to the east is made of iron.']
const LOBBY_EXITS = 'There are exits to the north, to the south and to the east.'
const POOL = [
  'The pool',
  'Steam rises as you come in.',
  'A pool of clear, warm water.',
  'Something glitters at its bottom.',
]

async function seen(peer: Peer, ...lines: string[]): Promise<string[]> {
  peer.send([...lines, 'help qqqqqq', ''].join('\r\n'))
  return (await peer.until('Unknown command: qqqqqq.\r\n')).split('\r\n').slice(0, -2)
}

test('three people walk and talk, and each sees what is for them, and nothing else', async () => {
  const storePath = mkdtempSync(join(tmpdir(), 'mara-mud-'))
  const args = ['examples/mud/main.ts', '--port=0', '--no-telnet', `--storePath=${storePath}`]
  await withProgram(args, async (program) => {
    const [, port] = await program.find(/telnet \S+ (\d+)\n/)
    const enter = async (name: string): Promise<[Peer, string[]]> => {
      const peer = await Peer.connect({ host: '127.0.0.1', port: Number(port) })
      peer.send(`${name}\r\nyes\r\n${SECRET}\r\n${SECRET}\r\n`)
      await peer.until('Account created.\r\n')
      return [peer, await seen(peer)]
    }
    const [ann, annSaw] = await enter('ann')
    assert.equal(annSaw, ['Welcome, ann!', ...LOBBY, LOBBY_EXITS])
    const [bob, bobSaw] = await enter('bob')
    assert.equal(bobSaw, ['Welcome, bob!', ...LOBBY, 'Here: ann.', LOBBY_EXITS])
    const [cat] = await enter('cat')
    assert.equal(await seen(ann), [
      'bob has connected',
      'bob appears from nowhere',
      'cat has connected',
      'cat appears from nowhere',
    ])
    await seen(bob)

    assert.equal(await seen(ann, 'east', 'south', 'west', 'goto vault'), [
      'The door is locked.',
      "You think about leaving, but decide it's nice here.",
      'You cannot go that way.',
      'Unknown command: goto.',
    ])
    assert.equal(await seen(ann, 'n'), ['You go to the north', ...POOL, 'There is one exit to the south.'])
    assert.equal(await seen(ann, 'say hello', 'look', 'where', 'where bob', 'exits'), [
      'You say: hello',
      ...POOL.filter((line) => !line.startsWith('Steam')),
      'There is one exit to the south.',
      'You are by the pool',
      'bob is in the lobby',
      'There is one exit to the south.',
    ])
    assert.equal(await seen(bob, 'emote waves', 'tell ann where are you'), [
      'ann leaves to the north',
      'bob waves',
      'You tell ann: where are you',
    ])
    assert.equal(await seen(cat), ['ann leaves to the north', 'bob waves'])
    assert.equal(await seen(ann, 'dive', 's'), [
      'bob tells you: where are you',
      'You come up with a key in your hand.',
      'You go to the south',
      ...LOBBY,
      'Here: bob, cat.',
      LOBBY_EXITS,
    ])
    assert.equal(await seen(bob, 'dive'), ['ann enters from the north', 'There is no water here.'])
    assert.equal((await seen(ann, 'e', 'd')).slice(-3), [
      'A dream',
      'Wherever you look, you see only yourself.',
      'There is one exit up.',
    ])
    assert.equal(await seen(cat), ['ann enters from the north', 'ann leaves to the east'])
    assert.equal((await seen(ann, 'say alone?', 'up', 'west')).slice(0, 2), [
      'You say: alone?',
      'You go upwards',
    ])
    ann.destroy()
    assert.equal(await cat.lines(3), ['ann enters from the east', 'ann has left', 'ann disappears'])
    assert.equal(await seen(cat, 'where ann'), ['Nobody here is called ann.'])
  })
  rmSync(storePath, { recursive: true, force: true })
})

test.run()
