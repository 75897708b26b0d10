/** What is spoken on a listening socket: nothing of its own, TLS, WebSocket. */
import type { Duplex } from 'node:stream'
import type { Clock } from '../clock.js'
import { layered } from '../transport/described-server.js'
import type { ConnectionInfo, Listening, ServerDescription, ServerHost } from '../transport/server.js'

export type LayersDescription = Omit<ServerDescription, 'address'>
type LayersHost = Pick<ServerHost, 'connection' | 'warn'>

export class Layers {
  /** The same for the same description. */
  readonly key: string
  readonly #outermost: Listening
  /** Where the innermost layer takes sockets. */
  #socket: LayersHost | undefined

  constructor(description: LayersDescription, clock: Clock) {
    this.key = JSON.stringify(description)
    const socket: Listening = {
      listen: async (host) => {
        this.#socket = host
      },
      close: async () => {},
    }
    this.#outermost = layered(socket, description, clock)
  }

  /** @throws CertificateError, InvalidOptionError */
  open(host: LayersHost): Promise<void> {
    return this.#outermost.listen(host)
  }

  /** Takes a socket. The connection comes out at the host's when both sides have agreed on what is spoken. */
  take(socket: Duplex, info: ConnectionInfo): void {
    this.#socket?.connection(socket, info)
  }

  /** Closes those that have not agreed yet. */
  close(): void {
    void this.#outermost.close()
  }
}
