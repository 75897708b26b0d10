/**
 * WebSockets: what a socket accepts, maybe encrypted, and asks for one by HTTP (RFC 6455). Whoever asks for something else
 * by HTTP gets a page, if there is one.
 */
import http, {
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocketServer as Upgrader, WebSocket } from 'ws'
import type { Clock } from '../clock.js'
import { text } from '../protocol/index.js'
import { Heartbeat } from './heartbeat.js'
import { plainAddress } from './net-server.js'
import { Pending } from './pending.js'
import type { ConnectionInfo, Listening, ServerHost, WebSocketDescription } from './server.js'
import type { TrustedProxies } from './trusted-proxies.js'
import { pathOf, refuse, WebRoot } from './web-root.js'
import { MAX_PIECES, WebSocketDuplex } from './websocket-duplex.js'

/** The bytes of a telnet connection, in binary messages: https://mudstandards.org/websocket */
const TELNET = 'telnet.mudstandards.org'
/** Each message a line of text, without telnet: for programs. */
const TEXT = 'text'

/** Close codes of RFC 6455, section 7.4.1. */
const NORMAL = 1000
const GOING_AWAY = 1001

/** What Node's parser of HTTP is told when a connection speaks something else from here on. */
const UPGRADED = 2

/** Milliseconds that a peer has to take a page. */
const PAGE_TIMEOUT = 60_000

/**
 * Requests that a peer may send behind the one that is answered. Each waits for that answer to be taken, and costs some 3 kB
 * meanwhile, for 20 bytes.
 */
const MAX_UNANSWERED = 64

let ws: Promise<typeof import('ws')> | undefined

/** Only when it is called, so that programs without WebSockets need not load it. */
export function loadWs(): Promise<typeof import('ws')> {
  ws ??= import('ws')
  return ws
}

export class WebSocketLayer implements Listening {
  readonly #inner: Listening
  readonly #settings: WebSocketDescription
  readonly #clock: Clock
  readonly #isSecure: boolean
  readonly #origins: ReadonlySet<string> | undefined
  readonly #proxies: TrustedProxies
  readonly #heartbeat: Heartbeat
  /** Those who have not asked yet, and those who are given a page. */
  #pending: Pending | undefined
  #pages: Pending | undefined
  #isOpen = false

  /** @param secure whether what `inner` hands over is encrypted. */
  constructor(
    inner: Listening,
    settings: WebSocketDescription,
    options: { readonly secure: boolean; readonly clock: Clock; readonly proxies: TrustedProxies },
  ) {
    const { ping, idle, origins } = settings
    const { secure, clock, proxies } = options
    this.#inner = inner
    this.#settings = settings
    this.#clock = clock
    this.#isSecure = secure
    this.#origins = origins && new Set(origins)
    this.#proxies = proxies
    this.#heartbeat = new Heartbeat({ ping, idle, clock })
  }

  async listen(host: Pick<ServerHost, 'connection' | 'warn'>): Promise<void> {
    const { webRoot, handshakeTimeout, maxHandshakes } = this.#settings
    const clock = this.#clock
    const root = webRoot === undefined ? undefined : await WebRoot.open(webRoot)
    const pending = new Pending({ max: maxHandshakes, timeout: handshakeTimeout, clock })
    const pages = new Pending({ max: maxHandshakes, timeout: PAGE_TIMEOUT, clock })
    const upgrader = await this.#newUpgrader()
    // It never listens: it is given what the server within accepts.
    const server: HttpServer = http.createServer()
    // One request a connection: a peer that asks on and on would have to be watched over, and a page has few files.
    server.maxRequestsPerSocket = 1
    const answered = new WeakSet<Duplex>()
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      answered.add(request.socket)
      pending.done(request.socket)
      pages.add(request.socket)
      readNoMore(request)
      response.once('finish', () => closeAfter(request))
      if (root !== undefined) void root.answer(request, response)
      else refuse(response, 426, 'This is a server for WebSockets.')
    }
    server.on('request', answer)
    server.on('upgrade', (request, socket, head) => {
      // A second request, of which there is no more than one: Node may be sending the answer to the first one still.
      if (answered.has(socket)) {
        socket.destroy()
        return
      }
      // Such as h2c, which some programs offer with each request: to ignore it is to decline (RFC 9110, 7.8).
      if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
        answer(request, responseOn(socket, request))
        return
      }
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
    const unanswered = new WeakMap<Duplex, number>()
    server.on('dropRequest', (_request, socket) => {
      const count = (unanswered.get(socket) ?? 0) + 1
      unanswered.set(socket, count)
      if (count > MAX_UNANSWERED) cutOff(socket)
    })
    // Whoever sends rubbish is not worth a word: on an open port that happens all day.
    server.on('clientError', (_error, socket) => socket.destroy())
    await this.#inner.listen({
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
    const { WebSocketServer: Upgrader } = await loadWs()
    return new Upgrader({
      noServer: true,
      clientTracking: false,
      // Compression keeps memory for every connection, and lets a small message grow large.
      perMessageDeflate: false,
      maxPayload: this.#settings.maxPayload,
      ...MAX_PIECES,
      handleProtocols: (asked) => [...asked].find((name) => this.#speaks(name)) ?? false,
    })
  }

  #speaks(subprotocol: string): boolean {
    return subprotocol === TELNET || (subprotocol === TEXT && this.#settings.text)
  }

  /** Why a request for a WebSocket is turned down, as a status and words. */
  #refusal(request: IncomingMessage): [status: number, words: string] | undefined {
    const { path } = this.#settings
    if (pathOf(request) !== path) return [404, `WebSockets are at ${path} here.`]
    if (!this.#isAllowed(request)) return [403, 'Pages of this origin may not connect.']
    const asked = request.headers['sec-websocket-protocol']
    // A browser that gets none of those that it has asked for would give up without a word of why.
    if (asked !== undefined && !asked.split(',').some((name) => this.#speaks(name.trim()))) {
      return [400, `Subprotocols are ${TELNET}${this.#settings.text ? ` and ${TEXT}` : ''} here.`]
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

  #opened(webSocket: WebSocket, request: IncomingMessage, host: Pick<ServerHost, 'connection'>): void {
    const isText = webSocket.protocol === TEXT || (webSocket.protocol === '' && this.#settings.text)
    const duplex = new WebSocketDuplex(webSocket, {
      text: isText,
      closeCode: () => (this.#isOpen ? NORMAL : GOING_AWAY),
    })
    this.#heartbeat.watch(webSocket)
    const peer = plainAddress(request.socket.remoteAddress)
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
}

/** What Node makes for requests that ask for no upgrade. The connection ends with it. */
function responseOn(socket: Duplex, request: IncomingMessage): ServerResponse {
  const response = new http.ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket as Socket)
  // Node listens no longer to a socket that it has given away.
  socket.on('drain', () => response.emit('drain'))
  return response
}

/**
 * Leaves a request's body, and what may follow it, with the system: each crumb of a body is a call, and 2 MB of them in one turn
 * of the event loop keep everybody else waiting for 300 ms. What the request's own buffer takes is read: 16 KiB, 64 from Node 22 on.
 */
function readNoMore(request: IncomingMessage): void {
  // A request that somebody reads is one that Node does not empty by itself when it is answered.
  request.read(0)
  request.socket.pause()
}

/**
 * Closes a connection whose answer is sent. Node would keep it for six seconds, as it does where another request may come.
 *
 * With a body that is not read, only its own side: the system would tell the peer by a reset, which may overtake the answer.
 */
function closeAfter({ socket, complete }: IncomingMessage): void {
  if (complete) (socket.destroySoon ?? socket.end).call(socket)
  else socket.end()
}

/**
 * Destroys a socket from which requests come. Node would read what has come with them to its end all the same: 64 kB of requests
 * keep everybody else waiting for 100 ms. To go over to another protocol is what ends its reading at once.
 */
function cutOff(socket: Duplex): void {
  const { parser } = socket as { parser?: { onIncoming?: () => number } | null }
  if (parser) parser.onIncoming = () => UPGRADED
  socket.destroy()
}

function turnAway(socket: Duplex, status: number, words: string): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n`
  const type = 'Content-Type: text/plain; charset=utf-8\r\n'
  const body = `${words}\n`
  socket.end(`${head}${type}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () =>
    socket.destroy(),
  )
}
