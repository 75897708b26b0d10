/** What can be a connection besides a socket: any Node Duplex of bytes. */
import { Duplex } from 'node:stream'
import type { Connection, ConnectionSink } from '../client/connection.js'
import { InvalidDuplexError } from './errors.js'

/** @throws InvalidDuplexError for everything that can't carry bytes both ways. */
export function checkDuplex(value: unknown): Duplex {
  if (!(value instanceof Duplex)) {
    const kind = typeof value === 'object' && value !== null ? value.constructor?.name : typeof value
    throw new InvalidDuplexError(`got ${value === null ? 'null' : (kind ?? 'an object')}`)
  }
  if (value.readableObjectMode || value.writableObjectMode)
    throw new InvalidDuplexError('got one in object mode')
  return value
}

/** A socket or another Duplex of this process. */
export class DuplexConnection implements Connection {
  readonly #duplex: Duplex

  constructor(duplex: Duplex) {
    this.#duplex = duplex
  }

  get destroyed(): boolean {
    return this.#duplex.destroyed
  }

  get unsent(): number {
    return this.#duplex.writableLength
  }

  open(sink: ConnectionSink): void {
    const duplex = this.#duplex
    duplex.on('data', (chunk: Uint8Array | string) => {
      sink.data(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    })
    duplex.on('end', () => sink.ended())
    duplex.on('drain', () => sink.drained())
    duplex.on('finish', () => sink.finished())
    // What went wrong with a socket matters to nobody once it is closed, and `close` follows.
    duplex.on('error', () => duplex.destroy())
    duplex.on('close', () => sink.closed())
    // A stream that ended before it came here does not say so again.
    if (duplex.destroyed) process.nextTick(() => sink.closed())
    else if (duplex.readableEnded) sink.ended()
  }

  write(data: string | Uint8Array, onLeft: (error?: Error | null) => void): boolean {
    return this.#duplex.write(data, onLeft as (error?: Error | null) => void)
  }

  pause(): void {
    this.#duplex.pause()
  }

  resume(): void {
    this.#duplex.resume()
  }

  end(): void {
    this.#duplex.end()
  }

  destroy(): void {
    this.#duplex.destroy()
  }
}
