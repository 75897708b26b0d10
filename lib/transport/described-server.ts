/**
 * A server that is made from its description: in this process, or, where an edge holds the connections, in the edge.
 */
import { resolve } from 'node:path'
import type { Clock } from '../clock.js'
import type { Protocol } from '../protocol/index.js'
import { readCertificate } from './certificate.js'
import { inUseByItself } from './errors.js'
import { addressInWords, listenError, NetServer } from './net-server.js'
import type { Address, HeldListener, Listening, Server, ServerDescription, ServerHost } from './server.js'
import { TlsLayer } from './tls-layer.js'
import { TrustedProxies } from './trusted-proxies.js'
import { WebRoot } from './web-root.js'
import { WebSocketLayer } from './websocket-layer.js'

/** What stands between a socket and the connections that are handed over. */
export function layered(
  socket: Listening,
  { tls, websocket }: Omit<ServerDescription, 'address'>,
  clock: Clock,
): Listening {
  const proxies = new TrustedProxies(websocket?.trustedProxies ?? [])
  const secured = tls === undefined ? socket : new TlsLayer(socket, tls, { clock, proxies })
  if (websocket === undefined) return secured
  return new WebSocketLayer(secured, websocket, { secure: tls !== undefined, clock, proxies })
}

export class DescribedServer implements Server {
  readonly protocol: Protocol | undefined
  readonly #description: ServerDescription
  readonly #socket: NetServer
  readonly #layers: Listening
  readonly #bySettings: boolean
  /** In place of a socket of this process. */
  #held: HeldListener | undefined
  /** For logs, also after the socket is closed: the system may have picked the port. */
  #lastAddress: Address | undefined

  /** @param bySettings see `listenError`. */
  constructor(
    description: ServerDescription,
    protocol: Protocol | undefined,
    clock: Clock,
    bySettings = false,
  ) {
    this.#description = description
    this.protocol = protocol
    this.#bySettings = bySettings
    this.#socket = new NetServer(description.address, bySettings)
    this.#layers = layered(this.#socket, description, clock)
  }

  get address(): Address | undefined {
    return this.#held?.address ?? this.#socket.address
  }

  /** @throws AddressInUseError, ListenError, CertificateError */
  async listen(host: ServerHost): Promise<void> {
    if (host.listen === undefined) {
      // Nobody could close the first socket then.
      if (this.#socket.address !== undefined) throw inUseByItself(this)
      await this.#layers.listen(host)
    } else this.#held = await this.#listenIn(host.listen, host)
    this.#lastAddress = this.address
  }

  async #listenIn(
    edge: (description: ServerDescription) => Promise<HeldListener>,
    host: Pick<ServerHost, 'warn'>,
  ): Promise<HeldListener> {
    const { address, tls, websocket } = this.#description
    // Here as well, so that what is wrong with them is said as it is without an edge.
    const problem =
      tls &&
      (await readCertificate(tls).then(
        () => undefined,
        (error: Error) => error,
      ))
    const webRoot = websocket?.webRoot
    if (webRoot !== undefined) await WebRoot.open(webRoot)
    try {
      const held = await edge({
        address,
        // The edge may have another working folder.
        ...(tls && { tls: { ...tls, cert: resolve(tls.cert), key: resolve(tls.key) } }),
        ...(websocket && { websocket: { ...websocket, webRoot: webRoot && resolve(webRoot) } }),
      })
      // The edge has a pair from before: a process that has died must not stay away because of files that went bad since.
      if (problem)
        host.warn(`The TLS certificate in use is kept, since the one on disk is no good. ${problem.message}`)
      return held
    } catch (error) {
      throw problem ?? listenError(address, error, this.#bySettings)
    }
  }

  async close(): Promise<void> {
    this.#held?.close()
    this.#held = undefined
    await this.#layers.close()
  }

  toString(): string {
    const { tls, websocket, address } = this.#description
    const where = addressInWords(this.address ?? this.#lastAddress ?? address)
    if (websocket !== undefined) return `${tls === undefined ? 'ws' : 'wss'}://${where}${websocket.path}`
    return tls === undefined ? where : `${where} (TLS)`
  }
}

/** A number as JSON can say it, which has no Infinity. */
export function finite(number: number): number {
  return Math.min(number, Number.MAX_SAFE_INTEGER)
}
