/**
 * The same lines for many clients: encoded once for all who read the same bytes, and styled text rendered once for each
 * kind of screen, not once a client.
 */
import { isStyled, Rendering } from '../text/styles/index.js'
import type { AnyClient } from './client.js'
import { encode, format, formatStyled, type Line } from './format.js'

export class Broadcast {
  readonly #lines: readonly (Exclude<Line, object> | Uint8Array | Rendering)[]
  readonly #styled: boolean
  readonly #newline: boolean
  /** What was made ready already, by what it depends on. */
  readonly #ready = new Map<string, Uint8Array>()

  constructor(lines: readonly Line[], { newline = true }: { newline?: boolean } = {}) {
    this.#styled = lines.some(isStyled)
    this.#lines = lines.map((line) => (isStyled(line) ? new Rendering(line) : line))
    this.#newline = newline
  }

  sendTo(client: AnyClient): void {
    if (this.#styled) client.needTerminal()
    const key = this.#styled ? client.screenKey : client.raw ? 'raw' : client.encoding
    let bytes = this.#ready.get(key)
    if (bytes === undefined) {
      bytes = this.#readyFor(client)
      this.#ready.set(key, bytes)
    }
    client.send(bytes)
  }

  /** One buffer for all lines; bytes are copied, since they leave later than the call that wrote them. */
  #readyFor(client: AnyClient): Uint8Array {
    const newline = this.#newline && !client.raw
    return Buffer.concat(
      this.#lines.map((line) => {
        if (line instanceof Uint8Array) return client.escape(line)
        if (line instanceof Rendering)
          return encode(formatStyled(line, newline, client.screen), client.encoding)
        return encode(client.raw ? line : format(line, newline), client.encoding)
      }),
    )
  }
}
