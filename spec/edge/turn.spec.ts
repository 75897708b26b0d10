import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FrameError } from '../../lib/edge/bytes.js'
import { readWorkerFrame } from '../../lib/edge/frames.js'
import { readTurn, type TurnRecord, TurnWriter } from '../../lib/edge/turn.js'

const test = suite('edge/turn')

const u32 = fc.nat(0xffff_ffff)
const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array))
const records: fc.Arbitrary<TurnRecord> = fc
  .oneof(
    fc.record({
      type: fc.constant('position' as const),
      connection: u32,
      acknowledged: u32,
      seen: u32,
      taken: u32,
    }),
    fc.record({ type: fc.constant('state' as const), connection: u32, busy: fc.boolean(), state: bytes }),
    fc.record({ type: fc.constant('output' as const), connection: u32, bytes }),
    fc.record({ type: fc.constant('broadcast' as const), connections: fc.array(u32), bytes }),
    fc.record({
      type: fc.constantFrom('end' as const, 'destroy' as const, 'release' as const),
      connection: u32,
    }),
    fc.record({ type: fc.constant('keep' as const), key: fc.string({ unit: 'binary' }), value: bytes }),
    fc.record({ type: fc.constant('forget' as const), key: fc.string({ unit: 'binary' }) }),
  )
  // Without the null prototype that fast-check gives them.
  .map((record) => ({ ...record }))

function write(writer: TurnWriter, record: TurnRecord): void {
  switch (record.type) {
    case 'position':
      writer.position(record.connection, record)
      break
    case 'state':
      writer.state(record.connection, record.busy, record.state)
      break
    case 'output':
      writer.output(record.connection, record.bytes)
      break
    case 'broadcast':
      writer.broadcast(record.connections, record.bytes)
      break
    case 'end':
    case 'destroy':
    case 'release':
      writer[record.type](record.connection)
      break
    case 'keep':
      writer.keep(record.key, record.value)
      break
    case 'forget':
      writer.forget(record.key)
      break
  }
}

/** The records of a turn's frame. */
function recordsOf(frame: Buffer): TurnRecord[] {
  assert.is(frame.readUInt32LE(0), frame.length - 4)
  const read = readWorkerFrame(frame.subarray(4))
  assert.is(read.type, 'turn')
  return readTurn((read as { records: Buffer }).records)
}

test('a turn is read as it was written, and the writer begins the next one', () => {
  const writer = new TurnWriter()
  fc.assert(
    fc.property(fc.array(records, { maxLength: 20 }), (turn) => {
      assert.is(writer.empty, true)
      for (const record of turn) write(writer, record)
      assert.is(writer.empty, turn.length === 0)
      assert.equal(recordsOf(writer.finish()), turn)
    }),
  )
})

test('text goes out as UTF-8, whatever it holds', () => {
  const writer = new TurnWriter()
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 5_000 }), (text) => {
      writer.output(1, text)
      const [record] = recordsOf(writer.finish())
      assert.equal((record as { bytes: Buffer }).bytes, Buffer.from(text))
    }),
  )
})

test('a turn that is torn or damaged anywhere gives no record at all, or another whole turn', () => {
  fc.assert(
    fc.property(
      fc.array(records, { minLength: 1, maxLength: 5 }),
      fc.nat(),
      fc.nat(255),
      (turn, at, byte) => {
        const writer = new TurnWriter()
        for (const record of turn) write(writer, record)
        const whole = writer.finish().subarray(5)
        const torn = whole.subarray(0, at % whole.length)
        const damaged = Buffer.from(whole)
        damaged[at % whole.length] = byte
        for (const bytes of [torn, damaged]) {
          try {
            readTurn(bytes)
          } catch (error) {
            assert.instance(error, FrameError)
          }
        }
      },
    ),
  )
})

test('a turn that is finished stays as it is while the next ones are written, whatever their size', () => {
  const writer = new TurnWriter()
  const frames = [10, 10, 2_000, 5_000, 10].map((size, connection) => {
    writer.output(connection, String(connection).repeat(size))
    return { frame: writer.finish(), connection, text: String(connection).repeat(size) }
  })
  for (const { frame, connection, text } of frames) {
    const read = readWorkerFrame(frame.subarray(4))
    assert.equal(read.type === 'turn' && readTurn(read.records), [
      { type: 'output', connection, bytes: Buffer.from(text) },
    ])
  }
})

test.run()
