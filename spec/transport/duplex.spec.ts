import { Duplex, Readable } from 'node:stream'
import fc from 'fast-check'
import { InvalidDuplexError } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ConnectionSink } from '../../lib/transport/connection.js'
import { checkDuplex, DuplexConnection } from '../../lib/transport/duplex.js'
import { deferred, turns } from '../support/service.js'

function newSink(): ConnectionSink {
  const nobody = () => {}
  return { data: nobody, ended: nobody, left: nobody, drained: nobody, finished: nobody, closed: nobody }
}

test('a stream of bytes that goes both ways is taken as it is', () => {
  const duplex = new Duplex()
  assert.is(checkDuplex(duplex), duplex)
})

test('everything else is refused by what it is', () => {
  for (const [wrong, words] of [
    [undefined, /got undefined/],
    [null, /got null/],
    ['socket', /got string/],
    [{}, /got Object/],
    [new Readable(), /got Readable/],
    [new Duplex({ objectMode: true }), /object mode/],
  ] as const) {
    assert.throws(
      () => checkDuplex(wrong),
      (error: Error) => error instanceof InvalidDuplexError && words.test(error.message),
    )
  }
})

test('one that is read for a client already is refused: both would get its lines, or neither', () => {
  const duplex = new Duplex({ read() {} })
  new DuplexConnection(duplex).open(newSink())
  assert.throws(() => checkDuplex(duplex), /is a client already/)
})

test('one that throws where it is written to is closed', async () => {
  const duplex = new Duplex({
    read() {},
    write() {
      throw new Error('broken')
    },
  })
  const connection = new DuplexConnection(duplex)
  const closed = deferred()
  connection.open({ ...newSink(), closed: () => closed.resolve() })
  assert.is(connection.write('text'), false)
  await closed.promise
  assert.ok(connection.destroyed)
})

/** A stream that takes what it is written when the spec says so, or at once. */
class Slow extends Duplex {
  /** A character for each byte. */
  sent = ''
  pieces = 0
  atOnce = false
  #taken: (() => void) | undefined

  constructor() {
    super({ highWaterMark: 8 })
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, taken: () => void): void {
    this.sent += chunk.toString('latin1')
    this.pieces += 1
    if (this.atOnce) taken()
    else this.#taken = taken
  }

  free(): void {
    const taken = this.#taken
    this.#taken = undefined
    taken?.()
  }
}

test('what is written while the stream takes nothing is not in its queue, and leaves as one', async () => {
  const stream = new Slow()
  const connection = new DuplexConnection(stream)
  const told: string[] = []
  const tell = (what: string) => () => void told.push(what)
  connection.open({ ...newSink(), left: tell('left'), drained: tell('drained') })
  assert.is(connection.write('0123456789'), false)
  for (const text of ['a', 'bé', 'c']) assert.is(connection.write(text), false)
  assert.equal([stream.writableLength, connection.unsent], [10, 15])
  stream.free()
  await turns()
  assert.equal(told, ['drained', 'left', 'drained'])
  stream.free()
  await turns()
  assert.equal([stream.sent, stream.pieces, connection.unsent], ['0123456789ab\xc3\xa9c', 2, 0])
  assert.equal(told.slice(3), ['left', 'left', 'left'])
})

test('what is held when the connection is ended is sent before its end', async () => {
  const stream = new Slow()
  const connection = new DuplexConnection(stream)
  const finished = deferred()
  connection.open({ ...newSink(), finished: () => finished.resolve() })
  for (const text of ['0123456789', 'bye']) connection.write(text)
  connection.end()
  stream.atOnce = true
  stream.free()
  await finished.promise
  assert.is(stream.sent, '0123456789bye')
})

test('whatever is written and taken, and when: all of it arrives in order, is told as left, and is not stuck for ever', async () => {
  const step = fc.oneof(
    fc.record({
      write: fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.uint8Array({ minLength: 1 })),
    }),
    fc.record({ atOnce: fc.boolean() }),
    fc.constantFrom('free', 'wait'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const stream = new Slow()
      const connection = new DuplexConnection(stream)
      let left = 0
      let isStuck = false
      const drained = (): void => {
        isStuck = false
      }
      connection.open({ ...newSink(), left: () => void left++, drained })
      let expected = ''
      let writes = 0
      for (const step of steps) {
        if (step === 'free') stream.free()
        else if (step === 'wait') await turns()
        else if ('atOnce' in step) stream.atOnce = step.atOnce
        else {
          writes += 1
          expected += Buffer.from(step.write as string).toString('latin1')
          if (!connection.write(step.write)) isStuck = true
        }
      }
      stream.atOnce = true
      for (let i = 0; i < 5; i++) {
        stream.free()
        await turns()
      }
      assert.equal([stream.sent, left, isStuck, connection.unsent], [expected, writes, false, 0])
    }),
  )
})

test.run()
