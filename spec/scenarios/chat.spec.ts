/** The chat example as its guests meet it: a process, and what goes over the wire byte for byte. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { type Program, withProgram } from '../support/program.js'

const PROMPT = 'Welcome. Please enter your name: '

interface Chat {
  readonly program: Program
  /** Someone at the door, who has got nothing but the prompt. */
  knock(): Promise<Peer>
  /** Someone inside, who has read everything up to the welcome. */
  join(name: string): Promise<Peer>
}

async function withChat(body: (chat: Chat) => Promise<void>): Promise<void> {
  const args = ['examples/chat.ts', '--port=0', '--host=127.0.0.1', '--no-telnet']
  const peers: Peer[] = []
  await withProgram(args, async (program) => {
    const [, port] = await program.find(/127\.0\.0\.1 (\d+)\n/)
    const knock = async (): Promise<Peer> => {
      const peer = await Peer.connect({ host: '127.0.0.1', port: Number(port) })
      peers.push(peer)
      assert.is(await peer.until(': '), PROMPT)
      return peer
    }
    const join = async (name: string): Promise<Peer> => {
      const peer = await knock()
      peer.send(`${name}\r\n`)
      assert.is(await peer.line(), `Welcome, ${name}`)
      return peer
    }
    try {
      await body({ program, knock, join })
    } finally {
      for (const peer of peers) peer.destroy()
    }
  })
}

test('whoever connects is asked for a name and welcomed by it, and the others are told', () =>
  withChat(async ({ join }) => {
    const ann = await join('ann')
    const bob = await join('bob')
    assert.is(await ann.line(), 'bob has connected')
    const cyd = await join('cyd')
    assert.is(await ann.line(), 'cyd has connected')
    assert.is(await bob.line(), 'cyd has connected')
    assert.is(cyd.received, '')
  }))

test('the wire has CR LF after every line but the prompt, and not a byte more (rule 15)', () =>
  withChat(async ({ knock, join }) => {
    const bob = await join('bob')
    const ann = await knock()
    ann.send('\r\nann\r\nhello\r\n/me waves\r\n/who\r\n/x\r\n/quit\r\n')
    assert.is(
      await ann.rest(),
      'A name needs at least one letter.\r\nPlease enter your name: Welcome, ann\r\nann: hello\r\nann waves\r\n' +
        'Here now: ann, bob\r\nUnknown command: /x\r\nGoodbye.\r\n',
    )
    assert.is(await bob.until('left\r\n'), 'ann has connected\r\nann: hello\r\nann waves\r\nann has left\r\n')
  }))

test('a name that is blank, taken or over 20 characters is refused with a reason, and asked for again', () =>
  withChat(async ({ knock, join }) => {
    await join('ann')
    const peer = await knock()
    for (const [name, reason] of [
      ['', 'A name needs at least one letter.'],
      [' \t ', 'A name needs at least one letter.'],
      ['ann', 'ann is taken.'],
      [' ANN ', 'ANN is taken.'],
      ['x'.repeat(21), 'That name is too long: at most 20 characters.'],
    ]) {
      peer.send(`${name}\r\n`)
      assert.equal([await peer.line(), await peer.until(': ')], [reason, 'Please enter your name: '])
    }
    peer.send(`${'x'.repeat(20)}\r\n`)
    assert.is(await peer.line(), `Welcome, ${'x'.repeat(20)}`)
  }))

test('a name is free again once its owner has left', () =>
  withChat(async ({ join }) => {
    const bob = await join('bob')
    const ann = await join('ann')
    assert.is(await bob.line(), 'ann has connected')
    ann.end()
    assert.is(await bob.line(), 'ann has left')
    await join('ann')
    assert.is(await bob.line(), 'ann has connected')
  }))

test('what one says everyone gets, the one who said it too', () =>
  withChat(async ({ join }) => {
    const ann = await join('ann')
    const bob = await join('bob')
    await ann.line()
    ann.send('hello\r\n')
    assert.is(await ann.line(), 'ann: hello')
    assert.is(await bob.line(), 'ann: hello')
    bob.send('/me waves\r\n')
    assert.is(await ann.line(), 'bob waves')
    assert.is(await bob.line(), 'bob waves')
  }))

test('/who names all who are here, sorted, and answers only the one who asked', () =>
  withChat(async ({ join }) => {
    const bob = await join('bob')
    const ann = await join('ann')
    await bob.line()
    ann.send('/who\r\nfence\r\n')
    assert.equal(await ann.lines(2), ['Here now: ann, bob', 'ann: fence'])
    assert.is(await bob.line(), 'ann: fence')
  }))

test('an unknown command and an empty line are told to nobody else', () =>
  withChat(async ({ join }) => {
    const bob = await join('bob')
    const ann = await join('ann')
    await bob.line()
    ann.send('/x y z\r\n\r\n   \r\nfence\r\n')
    assert.equal(await ann.lines(2), ['Unknown command: /x', 'ann: fence'])
    assert.is(await bob.line(), 'ann: fence')
  }))

test('leaving in any way tells the others, once: /quit, FIN, RST', () =>
  withChat(async ({ join }) => {
    const bob = await join('bob')
    const ways: [string, (peer: Peer) => void][] = [
      ['quitter', (peer) => peer.send('/quit\r\n')],
      ['ender', (peer) => peer.end()],
      ['breaker', (peer) => void peer.socket.resetAndDestroy()],
    ]
    for (const [name, leave] of ways) {
      const peer = await join(name)
      assert.is(await bob.line(), `${name} has connected`)
      leave(peer)
      assert.is(await bob.line(), `${name} has left`)
      assert.is(await peer.rest(), name === 'quitter' ? 'Goodbye.\r\n' : '')
    }
    bob.send('/who\r\n')
    assert.is(await bob.line(), 'Here now: bob')
  }))

test('whoever has given no name sees and is told nothing of the chat, and the chat nothing of them', () =>
  withChat(async ({ knock, join }) => {
    const ann = await join('ann')
    const silent = await knock()
    const leaver = await knock()
    const bob = await join('bob')
    await ann.line()
    ann.send('hello\r\n/me waves\r\n/who\r\n')
    assert.equal(await ann.lines(3), ['ann: hello', 'ann waves', 'Here now: ann, bob'])
    assert.equal(await bob.lines(2), ['ann: hello', 'ann waves'])
    // Nor are those told who leave without a name, or say commands at the door.
    leaver.destroy()
    silent.send('/who is here, and more words than fit\r\n')
    assert.is(await silent.line(), 'That name is too long: at most 20 characters.')
    await silent.until(': ')
    bob.end()
    assert.is(await ann.line(), 'bob has left')
    silent.send('sid\r\n')
    assert.is(await silent.line(), 'Welcome, sid')
    assert.is(await ann.line(), 'sid has connected')
  }))

test('escape sequences that one types, or is named by, never reach another (rule 14)', () =>
  withChat(async ({ knock, join }) => {
    const bob = await join('bob')
    const ann = await knock()
    ann.send('\x1b[2Jann\x07\r\n')
    assert.is(await ann.line(), 'Welcome, [2Jann')
    assert.is(await bob.line(), '[2Jann has connected')
    // ESC, BEL, BS, DEL, NUL; CSI as one C1 character in UTF-8; a lone byte that is no UTF-8.
    ann.send(Buffer.from('a\x1b[31mb\x07c\x08d\x7fe\x00f\xc2\x9bg\x9bh\r\n', 'latin1'))
    assert.is(await bob.line(), '[2Jann: a[31mbcdefg\xef\xbf\xbdh')
    ann.send('/me \x1b]0;title\x07\r\n')
    assert.is(await bob.line(), '[2Jann ]0;title')
    ann.end()
    assert.is(await bob.line(), '[2Jann has left')
  }))

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} stops it politely: everyone is told and closed, and it exits with 0`, () =>
    withChat(async ({ program, knock, join }) => {
      const ann = await join('ann')
      const bob = await join('bob')
      const nameless = await knock()
      await ann.line()
      program.signal(signal)
      for (const peer of [ann, bob]) assert.is(await peer.rest(), 'The chat is closing. Goodbye.\r\n')
      assert.is(await nameless.rest(), '')
      assert.equal(await program.exit, { code: 0, signal: null })
      assert.not.match(program.stderr, /error/i)
    }))
}

test.run()
