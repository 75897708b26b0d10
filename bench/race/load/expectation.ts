/** What a client must receive. Every byte is compared; the first wrong one ends the race. */
import { createHash } from 'node:crypto'

export class WireError extends Error {
  override readonly name = 'WireError'
}

/** Bytes of which the hash is made. */
const WITNESSED = 32

const hash = createHash('sha256')
/** The first connection of client 0. */
let witness: Expectation | undefined
let witnessed = 0
let received = 0

/** What all clients of this process have received so far. */
export function receivedBytes(): number {
  return received
}

/** Of the first bytes that client 0 received. */
export function witnessHash(): string {
  return hash.copy().digest('hex')
}

/** One client's: what is expected next, and how much of it has come. */
export class Expectation {
  readonly #client: number
  #bytes: Buffer
  #offset = 0

  constructor(client: number, bytes: Buffer) {
    this.#client = client
    this.#bytes = bytes
    if (client === 0) witness ??= this
  }

  /** What comes after all that was expected so far. */
  next(bytes: Buffer): void {
    this.#bytes = bytes
    this.#offset = 0
  }

  /**
   * @returns whether all that is expected has come.
   * @throws WireError
   */
  take(chunk: Buffer): boolean {
    const end = this.#offset + chunk.length
    if (end > this.#bytes.length || this.#bytes.compare(chunk, 0, chunk.length, this.#offset, end) !== 0) {
      throw this.#wrong(chunk)
    }
    if (witness === this && witnessed < WITNESSED) {
      const part = chunk.subarray(0, WITNESSED - witnessed)
      hash.update(part)
      witnessed += part.length
    }
    received += chunk.length
    this.#offset = end
    return end === this.#bytes.length
  }

  /** The connection has ended. @throws WireError where something was still to come. */
  end(): void {
    if (this.#offset === this.#bytes.length) return
    throw new WireError(
      `Client ${this.#client} was disconnected where ${shown(this.#bytes.subarray(this.#offset))} had to come.`,
    )
  }

  #wrong(chunk: Buffer): WireError {
    const expected = this.#bytes.subarray(this.#offset)
    let same = 0
    while (same < expected.length && same < chunk.length && expected[same] === chunk[same]) same += 1
    return new WireError(
      `Client ${this.#client} received ${shown(chunk.subarray(same))} where ` +
        `${same === expected.length ? 'nothing more' : shown(expected.subarray(same))} had to come.`,
    )
  }
}

function shown(bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, 60).toString('latin1'))
}
