/** Sockets: TCP, Unix, and TLS on top of either. WebSockets are dialled next door. */
import net from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import type { Clock } from '../clock.js'
import { InvalidOptionError } from '../errors.js'
import { ConnectError } from '../transport/errors.js'
import { checkSocketPath } from '../transport/listening.js'
import { dialWebSocket, shownUrl, type WebSocketTarget } from './dial-websocket.js'
import { TlsConnectError } from './errors.js'
import { whenOpen } from './opening.js'

/** Where a socket leads. */
export type SocketTarget = (
  | { readonly port: number; readonly host?: string | undefined }
  | { readonly path: string }
) & {
  /** Speaks TLS; options of Node's `tls.connect` where they are needed, such as `ca`. */
  readonly tls?: boolean | tls.ConnectionOptions | undefined
}

/** For messages, so without the name and the password of a URL. */
export function addressOf(target: SocketTarget | WebSocketTarget): string {
  if ('url' in target) return shownUrl(target.url)
  return 'path' in target ? target.path : `${target.host ?? '127.0.0.1'}:${target.port}`
}

/** @throws InvalidOptionError, ConnectError, TlsConnectError, TimeoutError, or the signal's reason; then the socket is gone. */
export async function dial(
  target: SocketTarget | WebSocketTarget,
  clock: Clock,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  if ('url' in target) return dialWebSocket(target, clock, timeout, signal)
  checkTarget(target)
  const where = addressOf(target)
  const plain = net.connect({
    ...('path' in target ? { path: target.path } : { host: target.host ?? '127.0.0.1', port: target.port }),
    allowHalfOpen: true,
    noDelay: true,
  } as net.NetConnectOpts)
  const socket = target.tls ? secured(plain, target, where) : plain
  let isConnected = false
  plain.once('connect', () => {
    isConnected = true
  })
  await whenOpen({
    emitter: socket,
    openEvent: socket === plain ? 'connect' : 'secureConnect',
    where,
    clock,
    timeout,
    signal,
    explain: (error) =>
      target.tls && isConnected ? new TlsConnectError(where, error) : new ConnectError(where, error),
    drop() {
      // Errors that come after this matter to nobody.
      socket.on('error', () => {})
      plain.on('error', () => {})
      socket.destroy()
      plain.destroy()
    },
  })
  return socket
}

/** Node's own errors of these don't say whose option it was. @throws InvalidOptionError */
function checkTarget(target: SocketTarget): void {
  const refuse = (name: string, value: unknown, expected: string): never => {
    throw new InvalidOptionError('connect()', name, value, expected)
  }
  if ('path' in target) {
    const path: unknown = target.path
    const isPath = typeof path === 'string' && path !== '' && !path.includes('\0')
    if (!isPath) refuse('path', path, 'the path of a Unix socket')
    checkLength(target.path)
    return
  }
  const { port, host } = target
  // Node takes text, too, which is what environment variables are.
  const number = typeof port === 'string' ? Number(port) : port
  const isPort = Number.isInteger(number) && number >= 1 && number <= 65_535
  if (!isPort) refuse('port', port, 'a whole number from 1 to 65535')
  if (host !== undefined && typeof host !== 'string') refuse('host', host, 'a name or an address')
}

/** @throws ConnectError */
function checkLength(path: string): void {
  try {
    checkSocketPath(path)
  } catch (error) {
    throw new ConnectError(path, error as NodeJS.ErrnoException)
  }
}

/** @throws TlsConnectError where its options can't be used; then the socket is gone. */
function secured(socket: net.Socket, target: SocketTarget, where: string): tls.TLSSocket {
  const options = typeof target.tls === 'object' ? target.tls : {}
  const host = 'host' in target ? target.host : undefined
  // A name is what a certificate is checked against; an address is none (RFC 6066).
  const servername = host !== undefined && net.isIP(host) === 0 ? host : undefined
  try {
    return tls.connect({
      ...(servername !== undefined && { servername }),
      ...(host !== undefined && { host }),
      ...options,
      socket,
    })
  } catch (error) {
    // Whether the socket would have come to be connected matters to nobody any more.
    socket.on('error', () => {})
    socket.destroy()
    throw new TlsConnectError(where, error as NodeJS.ErrnoException)
  }
}
