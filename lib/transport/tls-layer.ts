/** TLS: what a socket accepts, encrypted, and handed over once both sides have agreed. */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import nodeTls, { type TLSSocket } from 'node:tls'
import type { Clock } from '../clock.js'
import { type Certificate, CertificateWatch, readCertificate } from './certificate.js'
import { ConnectionRate } from './connection-rate.js'
import { plainAddress } from './net-server.js'
import { limitFor, networkOf } from './network.js'
import { Pending } from './pending.js'
import type { Listening, ServerHost, TlsDescription } from './server.js'
import type { TrustedProxies } from './trusted-proxies.js'

/**
 * Handshakes of one address a minute, unless said otherwise. A handshake takes a millisecond of this process, and a peer can
 * ask for it with 200 bytes and go. A browser asks for one with each file of a page, so the limit is wider than that of clients.
 */
const MAX_HANDSHAKE_RATE = 1_000

export class TlsLayer implements Listening {
  readonly #inner: Listening
  readonly #settings: TlsDescription
  readonly #clock: Clock
  readonly #proxies: TrustedProxies
  readonly #rate: ConnectionRate
  #pending: Pending | undefined
  #watch: CertificateWatch | undefined

  /** @param proxies ask for as many handshakes as their clients need. */
  constructor(
    inner: Listening,
    settings: TlsDescription,
    { clock, proxies }: { readonly clock: Clock; readonly proxies: TrustedProxies },
  ) {
    this.#inner = inner
    this.#settings = settings
    this.#clock = clock
    this.#proxies = proxies
    this.#rate = new ConnectionRate(clock)
  }

  async listen(host: Pick<ServerHost, 'connection' | 'warn'>): Promise<void> {
    const { handshakeTimeout, maxHandshakes } = this.#settings
    const certificate = await readCertificate(this.#settings)
    this.#warnOfExpiry(certificate, host)
    const clock = this.#clock
    const pending = new Pending({ max: maxHandshakes, timeout: handshakeTimeout, clock })
    const { cert, key, passphrase } = certificate
    // It never listens: it is given the sockets that the server within accepts.
    const handshakes = nodeTls.createServer({ cert, key, passphrase })
    handshakes.on('secureConnection', (socket) => {
      pending.done(keyOf(socket))
      socket.allowHalfOpen = true
      host.connection(socket, { remoteAddress: plainAddress(socket.remoteAddress), secure: true })
    })
    // Whoever sends rubbish, or gives up, is not worth a word: on an open port that happens all day.
    handshakes.on('tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy())
    await this.#inner.listen({
      warn: (message) => host.warn(message),
      connection: (socket, { remoteAddress }) => {
        socket.on('error', () => socket.destroy())
        if (!this.#mayShakeHands(remoteAddress)) {
          socket.destroy()
          return
        }
        // Half-open is for peers that have said something: without its side no handshake comes to an end.
        socket.allowHalfOpen = false
        pending.add(socket, keyOf(socket))
        handshakes.emit('connection', socket)
      },
    })
    this.#pending = pending
    this.#watch = this.#newWatch(certificate, handshakes, host)
  }

  /** Whether an address may have another handshake: what it would be told why it may not would take one. */
  #mayShakeHands(address: string | undefined): boolean {
    if (address === undefined || this.#proxies.has(address)) return true
    const max = limitFor(address, this.#settings.maxHandshakeRate, MAX_HANDSHAKE_RATE)
    return max === undefined || this.#rate.take(networkOf(address), max)
  }

  #newWatch(
    certificate: Certificate,
    handshakes: nodeTls.Server,
    host: Pick<ServerHost, 'warn'>,
  ): CertificateWatch {
    return new CertificateWatch(this.#settings, certificate, {
      clock: this.#clock,
      every: this.#settings.checkEvery,
      changed: (next) => {
        const { cert, key, passphrase } = next
        handshakes.setSecureContext({ cert, key, ...(passphrase !== undefined && { passphrase }) })
        this.#warnOfExpiry(next, host)
      },
      rejected: (error) =>
        host.warn(`The TLS certificate in use is kept, since the new one is no good. ${error.message}`),
    })
  }

  #warnOfExpiry({ expires }: Certificate, host: Pick<ServerHost, 'warn'>): void {
    if (expires > this.#clock.now()) return
    const { cert } = this.#settings
    host.warn(`The TLS certificate in ${cert} has expired: clients that check it will not connect. Renew it.`)
  }

  async close(): Promise<void> {
    this.#watch?.stop()
    this.#watch = undefined
    this.#pending?.close()
    this.#pending = undefined
    await this.#inner.close()
  }
}

/**
 * The same for an accepted socket and for what TLS made of it, for which Node has no other link: the connection's two
 * addresses. A Unix socket has none; then it is the accepted socket, which Node keeps under a name of its own.
 */
function keyOf(duplex: Duplex): unknown {
  const { remoteAddress, remotePort, localAddress, localPort } = duplex as Socket
  if (remotePort === undefined) return (duplex as { _parent?: Duplex | null })._parent ?? duplex
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
