import { createReadStream } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import fc from 'fast-check'
import { InvalidOptionError, memoryPair } from 'mara-ts'
import { InvalidSourceError, type LineSource, LineTooLongError, lines } from 'mara-ts/streams'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rejection, turns } from '../support/service.js'
import { drain } from './sources.js'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))

async function* generate<T>(chunks: Iterable<T>): AsyncGenerator<T> {
  yield* chunks
}

/** The same chunks from every kind of source. */
const KINDS: Record<string, (chunks: Uint8Array[]) => LineSource> = {
  'a Node stream': (chunks) => Readable.from(chunks),
  'a Node stream of text': (chunks) => Readable.from(chunks, { objectMode: false }).setEncoding('utf8'),
  'a Duplex': (chunks) => {
    const [ours, theirs] = memoryPair()
    for (const chunk of chunks) theirs.write(chunk)
    theirs.end()
    return ours
  },
  'a web stream': (chunks) =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk)
        controller.close()
      },
    }),
  'an async iterable': (chunks) => generate(chunks),
}

for (const [name, from] of Object.entries(KINDS)) {
  test(`${name}: lines end as the contract says, wherever chunks are cut (13)`, async () => {
    const text = 'one\r\ntwo\nthree\r\0four\rfünf\r\n\r\nlast'
    const expected = ['one', 'two', 'three', 'four', 'fünf', '', 'last']
    const whole = bytes(text)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 5 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), whole.length]
        const chunks = at.slice(1).map((end, index) => whole.subarray(at[index], end))
        assert.equal(await drain(lines(from(chunks.filter(({ length }) => length > 0)))), { items: expected })
      }),
      { numRuns: 20 },
    )
  })

  test(`${name}: nothing is no line, and a line end is one`, async () => {
    assert.equal((await drain(lines(from([])))).items, [])
    assert.equal((await drain(lines(from([bytes('\n')])))).items, [''])
  })
}

test('a file is read line by line', async () => {
  const { items } = await drain(lines(createReadStream('package.json')))
  assert.is(JSON.parse(items.join('\n')).name, 'mara-ts')
})

test('control characters go, unless they are wanted (14)', async () => {
  const chunks = [bytes('\x1b[31mred\u202e\n')]
  assert.equal((await drain(lines(generate(chunks)))).items, ['[31mred'])
  assert.equal((await drain(lines(generate(chunks), { sanitize: false }))).items, ['\x1b[31mred\u202e'])
})

test('a line that is too long ends it, behind the lines before it, and the source is left', async () => {
  for (const text of ['one\ntwo\nthree and more\nfour\n', 'one\ntwo\nthree and more']) {
    const stream = Readable.from([bytes(text)])
    const { items, error } = await drain(lines(stream, { maxLineLength: 5 }))
    assert.equal(items, ['one', 'two'])
    assert.instance(error, LineTooLongError)
    assert.ok(stream.destroyed)
  }
})

test('a line without end is refused as soon as it is too long, and no more is read', async () => {
  let count = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      count += 1
      yield new Uint8Array(10_000).fill(97)
    }
  }
  assert.instance((await drain(lines(endless()))).error, LineTooLongError)
  assert.is(count, 7)
})

test('text survives every cut, also within a character of two units (13)', async () => {
  assert.equal(await drain(lines(generate('😀x\n𝄞'.split('')))), { items: ['😀x', '𝄞'] })
  assert.equal(await drain(lines(generate(['a\ud83d', '', '\ude00b']))), { items: ['a😀b'] })
  // Half a character is none, whatever comes behind it.
  assert.equal(await drain(lines(generate(['a\ud83d', 'b\n', 'c\ud83d']))), {
    items: ['a\ufffdb', 'c\ufffd'],
  })
  const mixed = generate<Uint8Array | string>(['a\ud83d', bytes('b\n')])
  assert.equal(await drain(lines(mixed)), { items: ['a\ufffdb'] })
})

test('a web stream that somebody else reads is refused', async () => {
  const stream = new ReadableStream<string>()
  stream.getReader()
  const { error } = await drain(lines(stream))
  assert.instance(error, InvalidSourceError)
  assert.match(String(error), 'locked')
})

test('a maxLineLength that is no number of bytes is refused; Infinity is no limit', async () => {
  for (const maxLineLength of [Number.NaN, -1, '5' as never]) {
    assert.throws(
      () => lines(generate(['a\n']), { maxLineLength }),
      (error: unknown) => error instanceof InvalidOptionError,
    )
  }
  const long = `${'a'.repeat(100_000)}\n`
  const options = { maxLineLength: Number.POSITIVE_INFINITY }
  assert.is((await drain(lines(generate([long]), options))).items.length, 1)
})

test('nothing is read before it is asked for', async () => {
  let count = 0
  async function* counting(): AsyncGenerator<Uint8Array> {
    for (;;) {
      count += 1
      yield bytes(`${count}\n`)
    }
  }
  const iterator = lines(counting())[Symbol.asyncIterator]()
  await turns()
  assert.is(count, 0)
  await iterator.next()
  await turns()
  assert.is(count, 1)
  await iterator.return?.()
})

test('leaving a silent Duplex destroys it, and both ends know', async () => {
  const [ours, theirs] = memoryPair()
  theirs.resume()
  const closed = new Promise((resolve) => theirs.once('close', resolve))
  const iterator = lines(ours)[Symbol.asyncIterator]()
  const waiting = iterator.next()
  await turns()
  await iterator.return?.()
  assert.ok((await waiting).done)
  await closed
})

test('leaving a silent stream that is to stay open takes all listeners back', async () => {
  const stream = new PassThrough()
  const names = stream.eventNames()
  const iterator = lines(stream, { preventCancel: true })[Symbol.asyncIterator]()
  const waiting = iterator.next()
  await turns()
  await iterator.return?.()
  assert.ok((await waiting).done)
  assert.equal(stream.eventNames(), names)
  assert.not.ok(stream.destroyed)
})

test('a stream that is destroyed before its end is no end', async () => {
  const stream = new PassThrough()
  stream.write('one\ntwo')
  const iterator = lines(stream)[Symbol.asyncIterator]()
  assert.is((await iterator.next()).value, 'one')
  const cut = rejection(iterator.next())
  await turns()
  stream.destroy()
  assert.is(((await cut) as { code: string }).code, 'ERR_STREAM_PREMATURE_CLOSE')
})

test('leaving a silent web stream cancels it', async () => {
  let isCancelled = false
  const stream = new ReadableStream<Uint8Array>({
    cancel() {
      isCancelled = true
    },
  })
  const iterator = lines(stream)[Symbol.asyncIterator]()
  const waiting = iterator.next()
  await turns()
  await iterator.return?.()
  assert.ok((await waiting).done)
  assert.ok(isCancelled)
  assert.not.ok(stream.locked)
})

test('preventCancel leaves the source open', async () => {
  const node = new PassThrough()
  node.write('one\n')
  for await (const _ of lines(node, { preventCancel: true })) break
  assert.not.ok(node.destroyed)
  node.end('two\n')
  assert.equal((await drain(lines(node))).items, ['two'])

  const web = new ReadableStream<string>({
    start(controller) {
      controller.enqueue('one\n')
      controller.enqueue('two\n')
      controller.close()
    },
  })
  for await (const _ of lines(web, { preventCancel: true })) break
  assert.equal((await drain(lines(web))).items, ['two'])

  const iterator = generate([bytes('one\n'), bytes('two\n')])
  for await (const _ of lines(iterator, { preventCancel: true })) break
  assert.equal((await drain(lines(iterator))).items, ['two'])
})

test('an error of the source comes behind the lines before it', async () => {
  const reason = new Error('broken')
  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield bytes('one\ntwo')
    throw reason
  }
  assert.equal(await drain(lines(breaking())), { items: ['one'], error: reason })
  assert.equal(await drain(lines(Readable.from(breaking()))), { items: ['one'], error: reason })
  const web = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(reason)
    },
  })
  assert.equal(await drain(lines(web)), { items: [], error: reason })
})

test('what bytes cannot be read from is refused', async () => {
  for (const wrong of [null, undefined, 5, 'text', {}, []]) {
    assert.instance((await drain(lines(wrong as never))).error, InvalidSourceError, String(wrong))
  }
})

test('a source that gives neither bytes nor text is left, behind the lines before that', async () => {
  const stream = Readable.from(['one\n', 5])
  const { items, error } = await drain(lines(stream))
  assert.equal(items, ['one'])
  assert.instance(error, InvalidSourceError)
  assert.ok(stream.destroyed)
})

test('two waits at once get two lines', async () => {
  const iterator = lines(generate([bytes('one\ntwo\n')]))[Symbol.asyncIterator]()
  const both = await Promise.all([iterator.next(), iterator.next(), iterator.next()])
  assert.equal(
    both.map(({ value }) => value),
    ['one', 'two', undefined],
  )
})

test.run()
