/** Lines of anything that bytes or text can be read from, with no service at all. */
import { finished, Readable } from 'node:stream'
import { defaultLimits } from '../limits.js'
import { type LineSink, LineSplitter } from '../text/splitter.js'
import { InvalidSourceError, LineTooLongError } from './errors.js'
import { END, Stream } from './stream.js'
import { Valve } from './valve.js'

/** A Node Readable or Duplex, a web ReadableStream, or any async iterable, of bytes or text. */
export type LineSource = AsyncIterable<Uint8Array | string> | ReadableStream<Uint8Array | string>

export interface LinesOptions {
  /** Bytes of one line, without its ending; default 65,536. A longer one ends the stream with a `LineTooLongError`. */
  readonly maxLineLength?: number
  /** Whether lines lose what could control a terminal (contract rule 14); true unless said otherwise. */
  readonly sanitize?: boolean
  /** Leaves the source open where the iteration is left early. Lines of the last chunk that were not read are lost. */
  readonly preventCancel?: boolean
}

/**
 * Lines, ended as contract rule 13 says; the text behind the last line end is a line, too, if there is any. The source is
 * read only as lines are asked for. Leaving early destroys a Node stream (a Duplex with both of its sides), cancels a
 * web stream, and has an iterable return; so does an error.
 *
 * @throws InvalidSourceError, LineTooLongError, or the source's own error.
 */
export function lines(source: LineSource, options: LinesOptions = {}): Stream<string> {
  return new Stream(() => new Valve({ [Symbol.asyncIterator]: () => new LineReader(source, options) }))
}

class LineReader implements AsyncIterator<string, undefined>, LineSink {
  readonly #chunks: AsyncIterator<Uint8Array | string>
  readonly #splitter: LineSplitter
  readonly #maxLineLength: number
  #lines: string[] = []
  #error: Error | undefined
  #ended = false
  /** The last `next()`: each takes its turn. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(source: LineSource, options: LinesOptions) {
    const { maxLineLength = defaultLimits.maxLineLength, sanitize = true, preventCancel = false } = options
    this.#maxLineLength = maxLineLength
    this.#splitter = new LineSplitter({ maxLineLength, sanitize })
    this.#chunks = chunksOf(source, preventCancel)
  }

  next(): Promise<IteratorResult<string, undefined>> {
    const result = this.#last.then(() => this.#take())
    this.#last = result.catch(() => {})
    return result
  }

  async return(): Promise<IteratorResult<string, undefined>> {
    await this.#chunks.return?.()
    return END
  }

  async #take(): Promise<IteratorResult<string, undefined>> {
    while (this.#lines.length === 0) {
      if (this.#error !== undefined) {
        await this.return()
        throw this.#error
      }
      if (this.#ended) return END
      const { done, value } = await this.#chunks.next()
      this.#ended = done === true
      if (!done) this.#splitter.push(bytesOf(value), this)
      // What is left is a line, though nothing ends it.
      else if (this.#splitter.save().bytes !== '') this.#splitter.push(LINE_FEED, this)
    }
    return { done: false, value: this.#lines.shift() as string }
  }

  push(line: string): void {
    // What follows a line that was too long is not delivered.
    if (this.#error === undefined) this.#lines.push(line)
  }

  overflow(): void {
    this.#error ??= new LineTooLongError(this.#maxLineLength)
  }

  control(): boolean {
    return false
  }
}

const LINE_FEED = Uint8Array.of(0x0a)

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk)
  if (chunk instanceof Uint8Array) return chunk
  throw new InvalidSourceError(`this one gave ${chunk === null ? 'null' : `a value of type ${typeof chunk}`}`)
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
