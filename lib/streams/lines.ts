/** Lines of anything that bytes or text can be read from, with no service at all. */
import { finished, Readable } from 'node:stream'
import { checkNames, InvalidOptionError } from '../errors.js'
import { defaultLimits } from '../limits.js'
import { type LineSink, LineSplitter, type SplitterOptions } from '../text/splitter.js'
import { InvalidSourceError, LineTooLongError } from './errors.js'
import { END, Stream } from './stream.js'
import { Valve } from './valve.js'

/** A Node Readable or Duplex, a web ReadableStream, or any async iterable, of bytes or text. */
export type LineSource = AsyncIterable<Uint8Array | string> | ReadableStream<Uint8Array | string>

export interface LinesOptions {
  /** Bytes of one line, without its ending; default 65,536. A longer one ends the stream with a `LineTooLongError`. */
  readonly maxLineLength?: number | undefined
  /** Whether lines lose what could control a terminal (contract rule 14); true unless said otherwise. */
  readonly sanitize?: boolean | undefined
  /** Leaves the source open where the iteration is left early. Lines of the last chunk that were not read are lost. */
  readonly preventCancel?: boolean | undefined
}

/**
 * Lines, ended as contract rule 13 says; the text behind the last line end is a line, too, if there is any. The source is
 * read only as lines are asked for. Leaving early destroys a Node stream (a Duplex with both of its sides), cancels a
 * web stream, and has an iterable return; so does an error.
 *
 * @throws InvalidOptionError for a `maxLineLength` that is none; when the iteration begins, InvalidSourceError; then
 * LineTooLongError, or the source's own error.
 */
export function lines(source: LineSource, options: LinesOptions = {}): Stream<string> {
  checkNames('lines()', options, ['maxLineLength'], ['sanitize', 'preventCancel'])
  const { maxLineLength = 0 } = options
  if (!(typeof maxLineLength === 'number' && maxLineLength >= 0)) {
    throw new InvalidOptionError(
      'lines()',
      'maxLineLength',
      maxLineLength,
      'a number of bytes, 0 to Infinity',
    )
  }
  return new Stream(() => new Valve({ [Symbol.asyncIterator]: () => readerOf(source, options) }))
}

/** Its `return()` is the source's: that of the generator would wait for what the generator waits for. */
function readerOf(source: LineSource, options: LinesOptions): AsyncIterator<string, undefined> {
  const { maxLineLength = defaultLimits.maxLineLength, sanitize = true, preventCancel = false } = options
  const chunks = chunksOf(source, preventCancel)
  const found = linesOf(chunks, { maxLineLength, sanitize })
  return {
    next: () => found.next(),
    async return() {
      await chunks.return?.()
      return END
    },
  }
}

async function* linesOf(
  chunks: AsyncIterator<Uint8Array | string>,
  options: SplitterOptions,
): AsyncGenerator<string, undefined> {
  const splitter = new LineSplitter(options)
  const encoder = new Encoder()
  const found: string[] = []
  let isTooLong = false
  const sink: LineSink = {
    push(line) {
      // What follows a line that was too long is not delivered.
      if (!isTooLong) found.push(line)
    },
    overflow() {
      isTooLong = true
    },
    control: () => false,
  }
  for (let ended = false; !ended; ) {
    const { done, value } = await chunks.next()
    ended = done === true
    try {
      splitter.push(done ? encoder.end() : encoder.bytesOf(value), sink)
      // What is left is a line, though nothing ends it.
      if (done && !splitter.atRest) splitter.push(LINE_FEED, sink)
      for (const line of found.splice(0)) yield line
      if (isTooLong) throw new LineTooLongError(options.maxLineLength)
    } catch (error) {
      await chunks.return?.()
      throw error
    }
  }
  return undefined
}

const LINE_FEED = Uint8Array.of(0x0a)

/** Chunks of bytes or text as bytes. A cut between chunks of text may be within a character. */
class Encoder {
  /** The first half of a character, which the last chunk has ended with. */
  #half = ''

  bytesOf(chunk: unknown): Uint8Array {
    if (typeof chunk === 'string') {
      const text = this.#half + chunk
      const isCut = /[\ud800-\udbff]$/.test(text)
      this.#half = isCut ? text.slice(-1) : ''
      return Buffer.from(isCut ? text.slice(0, -1) : text)
    }
    if (!(chunk instanceof Uint8Array)) {
      throw new InvalidSourceError(
        `this one gave ${chunk === null ? 'null' : `a value of type ${typeof chunk}`}`,
      )
    }
    return this.#half === '' ? chunk : Buffer.concat([this.end(), chunk])
  }

  /** What is left: half a character, of which the rest did not come. */
  end(): Uint8Array {
    const half = this.#half
    this.#half = ''
    return Buffer.from(half)
  }
}

/** Chunks of a source, whose `return()` takes effect even while it is silent. */
function chunksOf(source: LineSource, preventCancel: boolean): AsyncIterator<Uint8Array | string> {
  if (source instanceof Readable) return chunksOfNode(source, preventCancel)
  if (source instanceof ReadableStream) return chunksOfWeb(source, preventCancel)
  if (typeof source !== 'object' || source === null || !(Symbol.asyncIterator in source)) {
    throw new InvalidSourceError(`got ${source === null ? 'null' : `a value of type ${typeof source}`}`)
  }
  const iterator = source[Symbol.asyncIterator]()
  return preventCancel ? { next: () => iterator.next() } : iterator
}

/** Node's own iterator waits in its `return()` for a chunk that is being waited for. */
function chunksOfNode(stream: Readable, preventCancel: boolean): AsyncIterator<Uint8Array | string> {
  let isOver = false
  let failure: { readonly reason: unknown } | undefined
  let wake = (): void => {}
  const onReadable = (): void => wake()
  const stop = finished(stream, { writable: false }, (reason) => {
    if (reason) failure = { reason }
    isOver = true
    wake()
  })
  stream.on('readable', onReadable)
  const leave = (): void => {
    isOver = true
    stream.off('readable', onReadable)
    stop()
    wake()
  }
  return {
    async next() {
      for (;;) {
        const chunk: Uint8Array | string | null = failure === undefined ? stream.read() : null
        if (chunk !== null) return { done: false, value: chunk }
        if (isOver) break
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      leave()
      if (failure !== undefined) throw failure.reason
      return END
    },
    async return() {
      leave()
      if (!preventCancel) stream.destroy()
      return END
    },
  }
}

function chunksOfWeb(
  stream: ReadableStream<Uint8Array | string>,
  preventCancel: boolean,
): AsyncIterator<Uint8Array | string> {
  if (stream.locked) throw new InvalidSourceError('this one is locked: something else reads it')
  const reader = stream.getReader()
  return {
    async next() {
      const { done, value } = await reader.read()
      if (!done) return { done: false, value }
      reader.releaseLock()
      return END
    },
    async return() {
      if (!preventCancel) await reader.cancel()
      reader.releaseLock()
      return END
    },
  }
}
