/** TLS: what `tcp` or `unix` accepts, encrypted, and handed over once both sides have agreed. */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import nodeTls, { type TLSSocket } from 'node:tls'
import { type Clock, systemClock } from '../clock.js'
import { type Protocol, protocolFor } from '../protocol/index.js'
import { checkMilliseconds } from '../wait.js'
import { type Certificate, type CertificateFiles, CertificateWatch, readCertificate } from './certificate.js'
import { Pending } from './pending.js'
import type { Address, Server, ServerHost } from './server.js'
import { plainAddress, type TcpOptions, tcp, type UnixOptions, unix } from './tcp.js'

export interface TlsSettings extends CertificateFiles {
  /** Milliseconds that a peer has to shake hands; 10,000 unless said otherwise. */
  readonly handshakeTimeout?: number | undefined
  /** How many may be shaking hands at a time; beyond it the oldest is closed. 1,000 unless said otherwise. */
  readonly maxHandshakes?: number | undefined
  /** Milliseconds between two looks at the files for a new certificate; 5,000 unless said otherwise, Infinity is never. */
  readonly checkEvery?: number | undefined
  /** Where time comes from; a fake one in tests. */
  readonly clock?: Clock | undefined
}

export type TlsOptions = (TcpOptions | UnixOptions) & TlsSettings

/** A server for clients that speak TLS 1.2 or newer. New certificates are taken from the files while it runs. */
export function tls(options: TlsOptions): Server {
  checkMilliseconds('tls()', 'handshakeTimeout', options.handshakeTimeout ?? 0)
  checkMilliseconds('tls()', 'checkEvery', options.checkEvery ?? 0)
  const inner = 'path' in options ? unix({ path: options.path }) : tcp(options)
  return new TlsServer(inner, options, protocolFor(options))
}

class TlsServer implements Server {
  readonly protocol: Protocol | undefined
  readonly #inner: Server
  readonly #settings: TlsSettings
  readonly #clock: Clock
  #pending: Pending | undefined
  #watch: CertificateWatch | undefined

  constructor(inner: Server, settings: TlsSettings, protocol: Protocol | undefined) {
    this.#inner = inner
    this.#settings = settings
    this.#clock = settings.clock ?? systemClock
    this.protocol = protocol
  }

  get address(): Address | undefined {
    return this.#inner.address
  }

  async listen(host: ServerHost): Promise<void> {
    const { handshakeTimeout = 10_000, maxHandshakes = 1_000 } = this.#settings
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
      ...host,
      warn: (message) => host.warn(message),
      connection: (socket) => {
        socket.on('error', () => socket.destroy())
        // Half-open is for peers that have said something: without its side no handshake comes to an end.
        socket.allowHalfOpen = false
        pending.add(socket, keyOf(socket))
        handshakes.emit('connection', socket)
      },
    })
    this.#pending = pending
    this.#watch = this.#newWatch(certificate, handshakes, host)
  }

  #newWatch(certificate: Certificate, handshakes: nodeTls.Server, host: ServerHost): CertificateWatch {
    const { checkEvery = 5_000 } = this.#settings
    return new CertificateWatch(this.#settings, certificate, {
      clock: this.#clock,
      every: checkEvery,
      changed: (next) => {
        const { cert, key, passphrase } = next
        handshakes.setSecureContext({ cert, key, ...(passphrase !== undefined && { passphrase }) })
        this.#warnOfExpiry(next, host)
      },
      rejected: (error) =>
        host.warn(`The TLS certificate in use is kept, since the new one is no good. ${error.message}`),
    })
  }

  #warnOfExpiry({ expires }: Certificate, host: ServerHost): void {
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

  toString(): string {
    return `${this.#inner} (TLS)`
  }
}

/**
 * The same for an accepted socket and for what TLS made of it, for which Node has no other link: the connection's two
 * addresses. A Unix socket has none; then it is the socket.
 */
function keyOf(duplex: Duplex): unknown {
  const { remoteAddress, remotePort, localAddress, localPort } = duplex as Socket
  return remotePort === undefined ? duplex : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
