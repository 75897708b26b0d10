/**
 * The same lines for many clients: encoded once for all that read the same bytes, and styled text rendered once for each
 * kind of screen, not once a client.
 */
import type { Protocol, ProtocolConnection } from '../protocol/index.js'
import type { Encoding } from '../telnet/index.js'
import { isStyled, Rendering } from '../text/styles/index.js'
import { type AnyClient, channelOf } from './client.js'
import type { Line, WriteOptions } from './format.js'
import { bytesFor, escapeFor, formatStyled, screenKey, wireKey } from './screen.js'

const NOTHING = new Uint8Array()

export class Broadcast {
  readonly #lines: readonly (Exclude<Line, object> | Uint8Array | Rendering)[]
  readonly #styled: boolean
  readonly #newline: boolean
  /** Bytes that are ready already, by what they depend on. */
  readonly #ready = new Map<string, Uint8Array>()
  /** Of whom it was sent to last: mostly the next one is of the same kind, and a key for each costs a third of this pass. */
  #protocol: Protocol | undefined
  #encoding: Encoding | undefined
  #telnet = false
  #bytes: Uint8Array = NOTHING

  constructor(lines: readonly Line[], { newline = true }: WriteOptions = {}) {
    this.#styled = lines.some(isStyled)
    this.#lines = lines.map((line) => (isStyled(line) ? new Rendering(line) : line))
    this.#newline = newline
  }

  sendTo(client: AnyClient): void {
    const channel = channelOf(client)
    const { protocol, encoding } = channel.protocol
    const telnet = channel.protocol.telnet !== undefined
    const isSame = protocol === this.#protocol && encoding === this.#encoding && telnet === this.#telnet
    if (this.#styled || !isSame) {
      this.#protocol = protocol
      this.#encoding = encoding
      this.#telnet = telnet
      this.#bytes = this.#bytesFor(channel.protocol)
    }
    channel.send(this.#bytes)
  }

  #bytesFor(protocol: ProtocolConnection): Uint8Array {
    if (this.#styled) protocol.needTerminal()
    const key = this.#styled ? screenKey(protocol) : wireKey(protocol)
    let bytes = this.#ready.get(key)
    if (bytes === undefined) {
      bytes = this.#make(protocol)
      this.#ready.set(key, bytes)
    }
    return bytes
  }

  /** One buffer for all lines; bytes are copied, since they leave later than the call that wrote them. */
  #make(protocol: ProtocolConnection): Uint8Array {
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
