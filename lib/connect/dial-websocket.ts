/** WebSockets as the client's end has them: each line is a message. */
import type { Duplex } from 'node:stream'
import type tls from 'node:tls'
import type { Clock } from '../clock.js'
import { InvalidOptionError } from '../errors.js'
import { ConnectError } from '../transport/errors.js'
import { MAX_PIECES, WebSocketDuplex } from '../transport/websocket-duplex.js'
import { TlsConnectError } from './errors.js'
import { whenOpen } from './opening.js'
import { MAX_RECEIVED } from './received.js'

/** Where a WebSocket leads. */
export interface WebSocketTarget {
  /** `ws://...` or, with TLS, `wss://...`. */
  readonly url: string | URL
  /** For `wss:`, options of Node's `tls.connect` where they are needed, such as `ca`. */
  readonly tls?: boolean | tls.ConnectionOptions | undefined
}

/** It tells of its other end what sockets tell, by the same names. */
class DialledWebSocket extends WebSocketDuplex {
  encrypted = false
  remoteAddress: string | undefined
}

/** Close code of RFC 6455, section 7.4.1. */
const NORMAL = 1000

/** What OpenSSL says, or Node of a certificate or of options; anything else is said by the network, or in the handshake of the WebSocket. */
function isOfTls(error: NodeJS.ErrnoException): boolean {
  return (
    'library' in error || /CERT|ERR_TLS|ERR_SSL|ERR_INVALID_ARG|SELF_SIGNED|UNABLE_TO/.test(error.code ?? '')
  )
}

/** RFC 6455, section 3: such a URL has no fragment. */
function isOfWebSocket(url: string): boolean {
  return (
    typeof url === 'string' &&
    URL.canParse(url) &&
    /^wss?:$/.test(new URL(url).protocol) &&
    !url.includes('#')
  )
}

/** A URL as messages have it: its name and its password are nobody's business. What is no URL is told as it is. */
export function shownUrl(given: string | URL): string {
  const url = asText(given)
  return typeof url === 'string' ? url.replace(/^(\s*\w+:[/\\]*)[^/\\?#]*@/, '$1***@') : url
}

function asText(url: string | URL): string {
  return url instanceof URL ? url.href : url
}

/** @throws TlsConnectError where options of TLS can't be used. */
function opened<Socket>(where: string, open: () => Socket): Socket {
  try {
    return open()
  } catch (error) {
    throw new TlsConnectError(where, error as NodeJS.ErrnoException)
  }
}

/** @throws ConnectError, TlsConnectError, TimeoutError, InvalidOptionError, or the signal's reason; then the socket is gone. */
export async function dialWebSocket(
  { url: given, tls }: WebSocketTarget,
  clock: Clock,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  const url = asText(given)
  if (!isOfWebSocket(url)) {
    throw new InvalidOptionError(
      'connect()',
      'url',
      shownUrl(url),
      'a URL that begins with ws:// or wss://, without a #fragment',
    )
  }
  // Only now, so that programs without WebSockets need not load it.
  const { WebSocket } = await import('ws')
  signal?.throwIfAborted()
  const where = shownUrl(url)
  const webSocket = opened(
    where,
    () =>
      new WebSocket(url, {
        // Compression keeps memory for every connection.
        perMessageDeflate: false,
        // In UTF-8 a character takes up to four bytes.
        maxPayload: 4 * MAX_RECEIVED,
        ...MAX_PIECES,
        ...((typeof tls === 'object' ? tls : {}) as object),
      }),
  )
  // Made before it is open: the first message may come in the same chunk as the end of the handshake.
  const duplex = new DialledWebSocket(webSocket, {
    text: true,
    messagePerLine: true,
    closeCode: () => NORMAL,
  })
  webSocket.once('upgrade', ({ socket }) => {
    duplex.encrypted = 'encrypted' in socket
    duplex.remoteAddress = socket.remoteAddress
  })
  await whenOpen({
    emitter: webSocket,
    openEvent: 'open',
    where,
    clock,
    timeout,
    signal,
    explain: (error) => (isOfTls(error) ? new TlsConnectError(where, error) : new ConnectError(where, error)),
    drop: () => duplex.destroy(),
  })
  return duplex
}
