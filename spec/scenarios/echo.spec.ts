/** The echo example, raw: every byte comes back as it went. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { type Program, withProgram } from '../support/program.js'
import { Random } from '../support/random.js'

const random = new Random(1)

function withEcho(body: (connect: () => Promise<Peer>, program: Program) => Promise<void>): Promise<void> {
  return withProgram(['examples/echo.ts', '--port=0', '--host=127.0.0.1'], async (program) => {
    const [, port] = await program.find(/Listening on 127\.0\.0\.1:(\d+)/, 'stderr')
    const peers: Peer[] = []
    const connect = async (): Promise<Peer> => {
      const peer = await Peer.connect({ host: '127.0.0.1', port: Number(port) })
      peers.push(peer)
      return peer
    }
    try {
      await body(connect, program)
    } finally {
      for (const peer of peers) peer.destroy()
    }
  })
}

test('all 256 byte values come back, and nothing else (rule 14)', () =>
  withEcho(async (connect) => {
    const peer = await connect()
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256))
    peer.send(bytes)
    // What comes after the answer would show in what is left once both have closed.
    peer.end()
    assert.equal(Buffer.from(await peer.rest(), 'latin1'), bytes)
  }))

test('1 MB of random bytes comes back whole and in order', () =>
  withEcho(async (connect) => {
    const peer = await connect()
    const bytes = random.bytes(1_000_000)
    peer.send(bytes)
    peer.end()
    assert.ok(Buffer.from(await peer.rest(), 'latin1').equals(bytes))
  }))

test('each peer gets its own bytes alone', () =>
  withEcho(async (connect) => {
    const peers = await Promise.all(Array.from({ length: 8 }, connect))
    const sent = peers.map(() => random.bytes(100_000))
    for (const [i, peer] of peers.entries()) {
      peer.send(sent[i] as Buffer)
      peer.end()
    }
    const got = await Promise.all(peers.map((peer) => peer.rest()))
    for (const [i, text] of got.entries()) assert.ok(Buffer.from(text, 'latin1').equals(sent[i] as Buffer))
  }))

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} closes its peers, and it exits with 0`, () =>
    withEcho(async (connect, program) => {
      const peer = await connect()
      peer.send('x')
      assert.is(await peer.until('x'), 'x')
      program.signal(signal)
      assert.is(await peer.rest(), '')
      assert.equal(await program.exit, { code: 0, signal: null })
    }))
}

test.run()
