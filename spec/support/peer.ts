/**
 * A client as the outside sees one: a plain socket, independent of the library, with waits for what arrives.
 */
import { once } from 'node:events'
import net from 'node:net'
import type { Service } from 'mara-ts'

// biome-ignore lint/suspicious/noExplicitAny: any service will do
type AnyService = Service<any, any, any>

export class Peer {
  readonly socket: net.Socket
  /** Resolves when the other side has closed, or the connection broke. */
  readonly closed: Promise<void>
  /** What comes by the time of day, and not by what anybody does: it is as if it had not come. */
  ignored: RegExp | undefined
  #received = ''
  #ended = false
  #wake: () => void = () => {}

  constructor(socket: net.Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      this.#received += chunk
      if (this.ignored !== undefined) this.#received = this.#received.replace(this.ignored, '')
      this.#wake()
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => {
      const done = (): void => {
        this.#ended = true
        this.#wake()
        resolve()
      }
      socket.on('end', done)
      socket.on('close', done)
    })
  }

  /** Connects to a service's first server, or to a port of this machine. */
  static async connect(target: AnyService | net.NetConnectOpts): Promise<Peer> {
    const where = 'listen' in target ? (target.address as { port: number; host: string }) : target
    const socket = net.connect({ ...where, noDelay: true } as net.NetConnectOpts)
    const peer = new Peer(socket)
    await once(socket, 'connect')
    return peer
  }

  send(data: string | Uint8Array): void {
    this.socket.write(data)
  }

  /** Everything received and not yet taken, as latin1: a character a byte. */
  get received(): string {
    return this.#received
  }

  /** Takes everything up to and with `text`; waits until it is there. */
  async until(text: string): Promise<string> {
    for (;;) {
      const at = this.#received.indexOf(text)
      if (at !== -1) {
        const taken = this.#received.slice(0, at + text.length)
        this.#received = this.#received.slice(at + text.length)
        return taken
      }
      if (this.#ended) {
        throw new Error(
          `connection ended before ${JSON.stringify(text)}, after ${JSON.stringify(this.#received)}`,
        )
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** The next line, without its ending; only CR LF ends one here. */
  async line(): Promise<string> {
    return (await this.until('\r\n')).slice(0, -2)
  }

  /** Several lines at once. */
  async lines(count: number): Promise<string[]> {
    const lines: string[] = []
    while (lines.length < count) lines.push(await this.line())
    return lines
  }

  /** Everything until the other side closes. */
  async rest(): Promise<string> {
    await this.closed
    const rest = this.#received
    this.#received = ''
    return rest
  }

  /** Says goodbye: no more will be sent. */
  end(): void {
    this.socket.end()
  }

  /** Vanishes. */
  destroy(): void {
    this.socket.destroy()
  }
}
