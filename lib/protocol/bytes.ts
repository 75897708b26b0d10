/** Raw mode: chunks of bytes exactly as they came, and text that goes out as it stands (contract rule 14). */
import type { Protocol, ProtocolConnection, ProtocolHost } from './protocol.js'

export const bytes: Protocol = {
  name: 'bytes',
  raw: true,
  open: (host) => new ByteConnection(host),
}

class ByteConnection implements ProtocolConnection {
  readonly protocol = bytes
  readonly encoding = 'utf-8'
  readonly telnet = undefined
  readonly atRest = true
  readonly #host: ProtocolHost

  constructor(host: ProtocolHost) {
    this.#host = host
  }

  receive(chunk: Uint8Array): void {
    // A copy, since the connection uses the chunk's memory again; and a plain Uint8Array, whatever class the chunk has.
    this.#host.deliver(new Uint8Array(chunk), chunk.length)
  }

  format(line: string): string {
    return String(line)
  }

  start(): void {}
  needTerminal(): void {}
  save(): undefined {}
  restore(): void {}
}
