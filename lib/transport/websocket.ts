/** A server for WebSockets. */
import { checkClock, systemClock } from '../clock.js'
import { checkNames, InvalidOptionError } from '../errors.js'
import { type ProtocolOptions, protocolFor } from '../protocol/index.js'
import { checkMilliseconds } from '../wait.js'
import type { CertificateFiles } from './certificate.js'
import { DescribedServer, finite } from './described-server.js'
import type { Server } from './server.js'
import { type TcpOptions, tcpAddress } from './tcp.js'
import { describeTls, TLS_OPTIONS, type TlsSettings } from './tls.js'
import { TrustedProxies } from './trusted-proxies.js'

/** With neither `cert` nor `key`, connections are not encrypted. */
type OptionalFiles = { readonly [Name in keyof CertificateFiles]?: CertificateFiles[Name] | undefined }

export interface WebSocketOptions
  extends Pick<TcpOptions, 'port' | 'host'>,
    Omit<TlsSettings, keyof CertificateFiles>,
    OptionalFiles,
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

const OWN_OPTIONS = [
  ...['port', 'host', 'path', 'protocol'],
  ...['origins', 'webRoot', 'trustedProxies', 'ping', 'idle', 'maxPayload'],
]

const ORIGINS =
  "a list of origins as browsers send them, such as 'https://play.example.org' without a path, or '*'"

/**
 * A server for WebSockets; with `cert` and `key` for encrypted ones (wss). What is spoken is for the peer to ask for:
 * `telnet.mudstandards.org` or `text`, which also is what one gets that asks for nothing.
 *
 * @throws InvalidOptionError
 */
export function websocket(options: WebSocketOptions = {}): Server {
  checkNames('websocket()', options, [...OWN_OPTIONS, ...TLS_OPTIONS], ['raw'])
  for (const name of ['ping', 'idle', 'handshakeTimeout'] as const) {
    if (options[name] !== undefined) checkMilliseconds('websocket()', name, options[name])
    if (options[name] === 0) throw new InvalidOptionError('websocket()', name, 0, 'more than 0 milliseconds')
  }
  const { cert, key, path = '/', webRoot, maxPayload = 131_072 } = options
  const { ping = 30_000, idle = Number.POSITIVE_INFINITY, clock = systemClock } = options
  const { trustedProxies = [], handshakeTimeout = 10_000, maxHandshakes = 1_000 } = options
  const protocol = protocolFor(options)
  if (!Array.isArray(options.origins ?? [])) {
    throw new InvalidOptionError('websocket()', 'origins', options.origins, ORIGINS)
  }
  const origins = options.origins?.map(checkOrigin)
  // They are used elsewhere; what is wrong with them is said here.
  new TrustedProxies(trustedProxies)
  const isSecure = cert !== undefined || key !== undefined
  const files = { ...options, cert: cert ?? '', key: key ?? '' }
  const description = {
    address: tcpAddress('websocket()', options),
    ...(isSecure && { tls: describeTls('websocket()', files) }),
    websocket: {
      path,
      ...(origins && { origins }),
      ...(webRoot !== undefined && { webRoot }),
      trustedProxies,
      ping: finite(ping),
      idle: finite(idle),
      maxPayload,
      handshakeTimeout: finite(handshakeTimeout),
      maxHandshakes: finite(maxHandshakes),
      // Lines of text have no place where a program is given something else.
      text: protocol === undefined || protocol.name === 'lines',
    },
  }
  return new DescribedServer(description, protocol, checkClock('websocket()', clock))
}

/** @throws InvalidOptionError for what no browser would send. */
function checkOrigin(origin: string): string {
  if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) return origin
  throw new InvalidOptionError('websocket()', 'origins', origin, ORIGINS)
}
