import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FrameError } from '../../lib/edge/bytes.js'
import {
  closed,
  dataHead,
  type EdgeFrame,
  FrameReader,
  greeting,
  kept,
  MAX_FRAME,
  message,
  notice,
  open,
  readEdgeFrame,
  readWorkerFrame,
  VERSION,
} from '../../lib/edge/frames.js'

const test = suite('edge/frames')

const u32 = fc.nat(0xffff_ffff)
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
const opened = fc.record({
  connection: u32,
  listener: fc.string({ unit: 'binary' }),
  remoteAddress: fc.option(fc.string(), { nil: undefined }),
  protocol: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  secure: fc.boolean(),
  lastInput: fc.double({ noNaN: true }),
  seen: u32,
  taken: u32,
  deaths: fc.nat(255),
  state: bytes,
  journal: bytes,
})

/** A frame, and its bytes with their length in front. */
const frames = fc.oneof(
  opened.map((fields) => [open(fields), { type: 'open', ...fields }] as const),
  fc
    .tuple(u32, bytes)
    .map(
      ([connection, chunk]) =>
        [
          Buffer.concat([dataHead(connection, chunk.length), chunk]),
          { type: 'data', connection, bytes: chunk },
        ] as const,
    ),
  fc
    .tuple(fc.constantFrom('end', 'stuck', 'drained'), u32)
    .map(([type, connection]) => [notice(type as 'end', connection), { type, connection }] as const),
  fc
    .tuple(u32, fc.boolean())
    .map(
      ([connection, exceeded]) =>
        [closed(connection, exceeded), { type: 'closed', connection, exceeded }] as const,
    ),
  fc
    .tuple(fc.string(), bytes)
    .map(([key, value]) => [kept(key, value), { type: 'kept', key, value }] as const),
  fc.json().map((text) => [message({ text }), { type: 'message', body: { text } }] as const),
  fc.constant([greeting(), { type: 'greeting', version: VERSION }] as const),
)

/** The frames in a stream that arrives in these pieces. */
function readAll(chunks: Iterable<Buffer>): EdgeFrame[] {
  const found: EdgeFrame[] = []
  const reader = new FrameReader((frame) => found.push(readEdgeFrame(Buffer.from(frame))))
  for (const chunk of chunks) reader.push(chunk)
  return found
}

function* cut(stream: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, i = 0; at < stream.length; i++) {
    const size = sizes[i % sizes.length] as number
    yield stream.subarray(at, at + size)
    at += size
  }
}

test('frames are read as they were written, however the stream is cut', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 10 })
  fc.assert(
    fc.property(fc.array(frames, { maxLength: 10 }), sizes, (written, pieces) => {
      const stream = Buffer.concat(written.map(([frame]) => frame))
      assert.equal(
        readAll(cut(stream, pieces)),
        written.map(([, frame]) => frame),
      )
    }),
  )
})

test('no bytes make a reader throw anything but FrameError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (array) => {
      for (const read of [readEdgeFrame, readWorkerFrame]) {
        try {
          read(Buffer.from(array))
        } catch (error) {
          assert.instance(error, FrameError)
        }
      }
    }),
  )
})

test('a frame that ends too early or goes on too long is refused', () => {
  const whole = notice('end', 7).subarray(4)
  assert.throws(() => readEdgeFrame(whole.subarray(0, -1)), /ends in the middle of a field/)
  assert.throws(() => readEdgeFrame(Buffer.concat([whole, Buffer.from('x')])), /1 bytes too many/)
  assert.throws(() => readEdgeFrame(Buffer.from([99])), /type 99 is unknown/)
  assert.throws(() => readEdgeFrame(Buffer.from([2, 0x7b])), /not JSON/)
})

test('a length that no frame can have ends the reading, before anything is allocated for it', () => {
  for (const length of [0, MAX_FRAME + 1, 0xffff_ffff]) {
    const head = Buffer.alloc(8)
    head.writeUInt32LE(length)
    for (const pieces of [[8], [1], [3]]) {
      assert.throws(() => readAll(cut(head, pieces)), new RegExp(`it says that it is ${length} bytes long`))
    }
  }
})

test.run()
