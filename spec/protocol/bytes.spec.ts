import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytes, type ProtocolConnection } from '../../lib/protocol/index.js'

function open(): { connection: ProtocolConnection; delivered: [item: Uint8Array, size: number][] } {
  const delivered: [Uint8Array, number][] = []
  const host = {
    deliver: (item: string | Uint8Array, size: number) => void delivered.push([item as Uint8Array, size]),
    reply: () => assert.unreachable(),
    telnetEvent: () => assert.unreachable(),
    limitExceeded: () => assert.unreachable(),
    close: () => assert.unreachable(),
  }
  return { connection: bytes.open(host, {} as never), delivered }
}

test('a chunk is delivered as it came, a plain Uint8Array that counts its own bytes (rule 14)', () => {
  const { connection, delivered } = open()
  connection.receive(Buffer.from([0, 1, 0xff, 0xf4, 13, 10]).subarray(1, 5))
  const [[chunk, size]] = delivered as [[Uint8Array, number]]
  assert.is(chunk.constructor, Uint8Array)
  assert.equal([...chunk], [1, 0xff, 0xf4, 13])
  assert.is(size, 4)
})

test('text goes out as it stands: no ending, no telnet (rule 14)', () => {
  const { connection } = open()
  assert.is(connection.format('a line', true), 'a line')
  assert.is(connection.telnet, undefined)
})

test('no byte depends on the one before, so there is nothing to keep', () => {
  const { connection, delivered } = open()
  connection.start()
  connection.needTerminal()
  connection.restore(undefined)
  assert.is(connection.save(), undefined)
  assert.ok(connection.atRest)
  assert.equal(delivered, [])
})

test.run()
