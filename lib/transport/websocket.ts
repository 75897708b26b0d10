/**
 * WebSockets: what `tcp` or `tls` accepts and asks for one by HTTP (RFC 6455). Whoever asks for something else by HTTP gets
 * a page, if there is one.
 */
import http, { type Server as HttpServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer as Upgrader, WebSocket } from 'ws'
import { systemClock } from '../clock.js'
import { InvalidOptionError } from '../errors.js'
import { type Protocol, type ProtocolOptions, protocolFor, text } from '../protocol/index.js'
import { checkMilliseconds } from '../wait.js'
import type { CertificateFiles } from './certificate.js'
import { Heartbeat } from './heartbeat.js'
import { Pending } from './pending.js'
import type { Address, ConnectionInfo, Server, ServerHost } from './server.js'
import { type TcpOptions, tcp } from './tcp.js'
import { type TlsSettings, tls } from './tls.js'
import { TrustedProxies } from './trusted-proxies.js'
import { refuse, WebRoot } from './web-root.js'
import { WebSocketDuplex } from './websocket-duplex.js'

/** The bytes of a telnet connection, in binary messages: https://mudstandards.org/websocket */
const TELNET = 'telnet.mudstandards.org'
/** Each message a line of text, without telnet: for programs. */
const TEXT = 'text'

/** Close codes of RFC 6455, section 7.4.1. */
const NORMAL = 1000
const GOING_AWAY = 1001

/** Milliseconds that a peer has to take a page. */
const PAGE_TIMEOUT = 60_000

export interface WebSocketOptions
  extends Pick<TcpOptions, 'port' | 'host'>,
    Omit<TlsSettings, keyof CertificateFiles>,
    Partial<CertificateFiles>,
    ProtocolOptions {
  /** Where in the URL WebSockets are accepted; '/' unless said otherwise. */
  readonly path?: string | undefined
  /**
   * From whose pages browsers may connect, such as 'https://play.example.org'; '*' is all. Unless said otherwise, only
   * from pages of the very host that they connect to. Programs that are no browsers send no origin, and are let in.
   */
  readonly origins?: readonly string[] | undefined
  /** A folder with a page for browsers: `GET /` gives its index.html. */
  readonly webRoot?: string | undefined
  /** Addresses and networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; none otherwise. */
  readonly trustedProxies?: readonly string[] | undefined
  /** Milliseconds of silence after which a peer is asked for a sign of life, and has as long to give it; 30,000. */
  readonly ping?: number | undefined
  /** Milliseconds without a message after which a peer is closed; Infinity unless said otherwise. */
  readonly idle?: number | undefined
  /** Bytes of a message; a longer one closes the connection (1009). 131,072 unless said otherwise. */
  readonly maxPayload?: number | undefined
}

/**
 * A server for WebSockets; with `cert` and `key` for encrypted ones (wss). What is spoken is for the peer to ask for:
 * `telnet.mudstandards.org` or `text`, which also is what one gets that asks for nothing.
 *
 * @throws InvalidOptionError
 */
export function websocket(options: WebSocketOptions = {}): Server {
  for (const name of ['ping', 'idle', 'handshakeTimeout'] as const) {
    if (options[name] !== undefined) checkMilliseconds('websocket()', name, options[name])
    if (options[name] === 0) throw new InvalidOptionError('websocket()', name, 0, 'more than 0 milliseconds')
  }
  return new WebSocketServer(options)
}

class WebSocketServer implements Server {
  readonly protocol: Protocol | undefined
  readonly #options: WebSocketOptions
  readonly #inner: Server
  readonly #isSecure: boolean
  readonly #origins: ReadonlySet<string> | undefined
  readonly #proxies: TrustedProxies
  readonly #heartbeat: Heartbeat
  /** Those who have not asked yet, and those who are given a page. */
  #pending: Pending | undefined
  #pages: Pending | undefined
  #isOpen = false

  constructor(options: WebSocketOptions) {
    const {
      port,
      host,
      cert,
      key,
      ping = 30_000,
      idle = Number.POSITIVE_INFINITY,
      clock = systemClock,
    } = options
    this.protocol = protocolFor(options)
    this.#options = options
    this.#isSecure = cert !== undefined || key !== undefined
    const where = { ...(port !== undefined && { port }), ...(host !== undefined && { host }) }
    const { passphrase, handshakeTimeout, maxHandshakes, checkEvery } = options
    const files = { cert: cert ?? '', key: key ?? '', passphrase }
    this.#inner = this.#isSecure
      ? tls({ ...where, ...files, handshakeTimeout, maxHandshakes, checkEvery, clock })
      : tcp(where)
    this.#origins = options.origins && new Set(options.origins.map(checkOrigin))
    this.#proxies = new TrustedProxies(options.trustedProxies ?? [])
    this.#heartbeat = new Heartbeat({ ping, idle, clock })
  }

  get address(): Address | undefined {
    return this.#inner.address
  }

  async listen(host: ServerHost): Promise<void> {
    const { webRoot, handshakeTimeout = 10_000, maxHandshakes = 1_000, clock = systemClock } = this.#options
    const root = webRoot === undefined ? undefined : await WebRoot.open(webRoot)
    const pending = new Pending({ max: maxHandshakes, timeout: handshakeTimeout, clock })
    const pages = new Pending({ max: maxHandshakes, timeout: PAGE_TIMEOUT, clock })
    const upgrader = await this.#newUpgrader()
    // It never listens: it is given what the server within accepts.
    const server: HttpServer = http.createServer()
    // One request a connection: a peer that asks on and on would have to be watched over, and a page has few files.
    server.maxRequestsPerSocket = 1
    server.on('request', (request, response) => {
      pending.done(request.socket)
      pages.add(request.socket)
      if (root !== undefined) void root.answer(request, response)
      else refuse(response, 426, 'This is a server for WebSockets.')
    })
    server.on('upgrade', (request, socket, head) => {
      const refusal = this.#refusal(request)
      if (refusal !== undefined) {
        turnAway(socket, ...refusal)
        return
      }
      upgrader.handleUpgrade(request, socket, head, (webSocket) => {
        pending.done(socket)
        this.#opened(webSocket, request, host)
      })
    })
    // Whoever sends rubbish is not worth a word: on an open port that happens all day.
    server.on('clientError', (_error, socket) => socket.destroy())
    await this.#inner.listen({
      ...host,
      warn: (message) => host.warn(message),
      connection: (duplex) => {
        duplex.on('error', () => duplex.destroy())
        pending.add(duplex)
        server.emit('connection', duplex)
      },
    })
    this.#pending = pending
    this.#pages = pages
    this.#isOpen = true
  }

  async #newUpgrader(): Promise<Upgrader> {
    // Only now, so that programs without WebSockets need not load it.
    const { WebSocketServer: Upgrader } = await import('ws')
    return new Upgrader({
      noServer: true,
      clientTracking: false,
      // Compression keeps memory for every connection, and lets a small message grow large.
      perMessageDeflate: false,
      maxPayload: this.#options.maxPayload ?? 131_072,
      handleProtocols: (asked) => [...asked].find((name) => this.#speaks(name)) ?? false,
    })
  }

  #speaks(subprotocol: string): boolean {
    // Lines of text have no place where a program is given something else.
    return subprotocol === TELNET || (subprotocol === TEXT && this.#allowsText)
  }

  get #allowsText(): boolean {
    return this.protocol === undefined || this.protocol.name === 'lines'
  }

  /** Why a request for a WebSocket is turned down, as a status and words. */
  #refusal(request: IncomingMessage): [status: number, words: string] | undefined {
    const { path = '/' } = this.#options
    if (request.url?.split('?', 1)[0] !== path) return [404, `WebSockets are at ${path} here.`]
    if (!this.#isAllowed(request)) return [403, 'Pages of this origin may not connect.']
    const asked = request.headers['sec-websocket-protocol']
    // A browser that gets none of those that it has asked for would give up without a word of why.
    if (asked !== undefined && !asked.split(',').some((name) => this.#speaks(name.trim()))) {
      return [400, `Subprotocols are ${TELNET}${this.#allowsText ? ` and ${TEXT}` : ''} here.`]
    }
    return undefined
  }

  #isAllowed({ headers: { origin, host } }: IncomingMessage): boolean {
    if (origin === undefined) return true
    if (this.#origins !== undefined) return this.#origins.has('*') || this.#origins.has(origin)
    try {
      const page = new URL(origin)
      return page.host === new URL(`${page.protocol}//${host}`).host
    } catch {
      return false
    }
  }

  #opened(webSocket: WebSocket, request: IncomingMessage, host: ServerHost): void {
    const isText = webSocket.protocol === TEXT || (webSocket.protocol === '' && this.#allowsText)
    const duplex = new WebSocketDuplex(webSocket, {
      text: isText,
      closeCode: () => (this.#isOpen ? NORMAL : GOING_AWAY),
    })
    this.#heartbeat.watch(webSocket)
    const peer = request.socket.remoteAddress
    const info: ConnectionInfo = {
      remoteAddress: this.#proxies.addressOf(peer, request),
      secure: this.#isSecure || this.#proxies.isSecure(peer, request),
      ...(isText && { protocol: text }),
    }
    host.connection(duplex, info)
  }

  async close(): Promise<void> {
    this.#isOpen = false
    this.#pending?.close()
    this.#pages?.close()
    await this.#inner.close()
  }

  toString(): string {
    const { path = '/' } = this.#options
    return `${this.#isSecure ? 'wss' : 'ws'}://${String(this.#inner).replace(' (TLS)', '')}${path}`
  }
}

/** @throws InvalidOptionError for what no browser would send. */
function checkOrigin(origin: string): string {
  if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) return origin
  throw new InvalidOptionError(
    'websocket()',
    'origins',
    origin,
    "origins as browsers send them, such as 'https://play.example.org' without a path, or '*'",
  )
}

function turnAway(socket: Duplex, status: number, words: string): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n`
  const type = 'Content-Type: text/plain; charset=utf-8\r\n'
  const body = `${words}\n`
  socket.end(`${head}${type}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () =>
    socket.destroy(),
  )
}
