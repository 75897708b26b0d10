/**
 * The same lines for many clients: encoded once for all that read the same bytes, and styled text rendered once for each
 * kind of screen, not once a client.
 */
import type { ProtocolConnection } from '../protocol/index.js'
import { isStyled, Rendering } from '../text/styles/index.js'
import { type AnyClient, channelOf } from './client.js'
import type { Line, WriteOptions } from './format.js'
import { bytesFor, escapeFor, formatStyled, screenKey, wireKey } from './screen.js'

export class Broadcast {
  readonly #lines: readonly (Exclude<Line, object> | Uint8Array | Rendering)[]
  readonly #styled: boolean
  readonly #newline: boolean
  /** Bytes that are ready already, by what they depend on. */
  readonly #ready = new Map<string, Uint8Array>()

  constructor(lines: readonly Line[], { newline = true }: WriteOptions = {}) {
    this.#styled = lines.some(isStyled)
    this.#lines = lines.map((line) => (isStyled(line) ? new Rendering(line) : line))
    this.#newline = newline
  }

  sendTo(client: AnyClient): void {
    const channel = channelOf(client)
    const { protocol } = channel
    if (this.#styled) protocol.needTerminal()
    const key = this.#styled ? screenKey(protocol) : wireKey(protocol)
    let bytes = this.#ready.get(key)
    if (bytes === undefined) {
      bytes = this.#readyFor(protocol)
      this.#ready.set(key, bytes)
    }
    channel.send(bytes)
  }

  /** One buffer for all lines; bytes are copied, since they leave later than the call that wrote them. */
  #readyFor(protocol: ProtocolConnection): Uint8Array {
    return Buffer.concat(
      this.#lines.map((line) => {
        if (line instanceof Uint8Array) return escapeFor(protocol, line)
        const text =
          line instanceof Rendering
            ? formatStyled(protocol, line, this.#newline)
            : protocol.format(line, this.#newline)
        return bytesFor(protocol, text)
      }),
    )
  }
}
