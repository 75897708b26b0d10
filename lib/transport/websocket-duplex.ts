/** A WebSocket as a stream of bytes, so that it can be a client's connection like any other. */
import { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'

/** Close codes of RFC 6455, section 7.4.1. */
const UNSUPPORTED_DATA = 1003

/**
 * In how many pieces a message may come, be they frames or parts of a frame, for both ends of a WebSocket. Each is kept until
 * the message is whole, and takes some hundred bytes, however few it holds: `ws` would keep 262,144 of them. A message of the
 * greatest length comes in 245 over the narrowest of networks.
 */
export const MAX_PIECES = { maxBufferedChunks: 512, maxFragments: 512 }

const LF = 0x0a
const CR = 0x0d
const LINE_FEED = Buffer.from('\n')

export interface WebSocketDuplexOptions {
  /** Messages are text, and each is a line; else they are bytes, and where they are cut means nothing. */
  readonly text: boolean
  /** The code that tells the peer why this side closes. */
  readonly closeCode: () => number
  /** Each line that is written is a message of its own, without its end. */
  readonly messagePerLine?: boolean
}

/**
 * What is written at once leaves as one message. A WebSocket can't be half open: once the peer has closed, what it has sent
 * can still be read, and what is written goes nowhere.
 */
export class WebSocketDuplex extends Duplex {
  readonly #webSocket: WebSocket
  readonly #options: WebSocketDuplexOptions

  constructor(webSocket: WebSocket, options: WebSocketDuplexOptions) {
    // Its reader has paused where a message stays here. Then it reads no more: by bytes, 16,384 messages of one would stay.
    super({ allowHalfOpen: false, decodeStrings: false, readableHighWaterMark: 1 })
    this.#webSocket = webSocket
    this.#options = options
    webSocket.on('message', (data, isBinary) => this.#received(data, isBinary))
    webSocket.on('close', () => this.push(null))
    // A peer that breaks the protocol is told by its close code, and `close` follows.
    webSocket.on('error', () => {})
  }

  #received(data: RawData, isBinary: boolean): void {
    if (this.destroyed) return
    let bytes = data as Buffer
    if (this.#options.text) {
      if (isBinary) {
        this.#webSocket.close(UNSUPPORTED_DATA, 'Only text messages are understood here.')
        return
      }
      bytes = Buffer.concat([withoutLineEnd(bytes), LINE_FEED])
    }
    if (bytes.length > 0 && !this.push(bytes)) this.#webSocket.pause()
  }

  override _read(): void {
    if (this.#webSocket.isPaused) this.#webSocket.resume()
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    const webSocket = this.#webSocket
    if (webSocket.readyState !== webSocket.OPEN) {
      done()
      return
    }
    const { text, messagePerLine } = this.#options
    const all = typeof chunk === 'string' ? chunk : text ? chunk.toString('utf8') : chunk
    const data = messagePerLine && typeof all === 'string' ? this.#sendLines(all) : all
    // It calls back when the system has taken it. That it could not be sent is said by `close`.
    webSocket.send(data, { binary: !text }, () => done())
  }

  /** Sends all lines but the last one, and gives that. */
  #sendLines(text: string): string {
    const lines = text.split(/\r?\n/)
    // What is written ends as lines do; a part of a line is a message, too.
    if (lines.length > 1 && lines[lines.length - 1] === '') lines.pop()
    for (const line of lines.slice(0, -1)) this.#webSocket.send(line)
    return lines[lines.length - 1] as string
  }

  override _final(done: () => void): void {
    this.#webSocket.close(this.#options.closeCode())
    // The peer's answer may have to pass a pause.
    if (this.#webSocket.isPaused) this.#webSocket.resume()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#webSocket.terminate()
    done(error)
  }
}

/** A message is a line in itself; one that ends as lines do is not followed by an empty one. */
function withoutLineEnd(bytes: Buffer): Buffer {
  let end = bytes.length
  if (bytes[end - 1] === LF) end -= 1
  if (bytes[end - 1] === CR) end -= 1
  return bytes.subarray(0, end)
}
