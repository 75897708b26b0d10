/**
 * The same lines for many clients, encoded once for each way of writing them and not once a client.
 */
import type { AnyClient } from './client.js'
import { format, type Line } from './format.js'

export class Broadcast {
  readonly #lines: readonly Line[]
  readonly #newline: boolean
  #text: Uint8Array | undefined
  #raw: Uint8Array | undefined

  constructor(lines: readonly Line[], { newline = true }: { newline?: boolean } = {}) {
    this.#lines = lines
    this.#newline = newline
  }

  sendTo(client: AnyClient): void {
    if (client.raw) this.#raw ??= encode(this.#lines)
    else this.#text ??= encode(this.#lines.map((line) => format(line, this.#newline)))
    client.send((client.raw ? this.#raw : this.#text) as Uint8Array)
  }
}

/** One buffer for all lines; bytes are copied, since they leave later than the call that wrote them. */
function encode(lines: readonly Line[]): Uint8Array {
  return Buffer.concat(lines.map((line) => (typeof line === 'string' ? Buffer.from(line, 'utf8') : line)))
}
