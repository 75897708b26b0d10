/** Where the load goes, as it is typed: `127.0.0.1:9000`, `tls://host:port`, a path, `ws://host:port/path`. */
import type { SocketTarget } from '../connect/dial.js'
import type { WebSocketTarget } from '../connect/dial-websocket.js'

export type Target = SocketTarget | WebSocketTarget

/** What TLS needs to know. */
export interface Trust {
  /** The text of certificates of authorities. */
  readonly ca?: string | undefined
  /** Whatever certificate the service has. */
  readonly insecure: boolean
}

/** The target; undefined where the text is none. */
export function parseTarget(text: string, { ca, insecure }: Trust): Target | undefined {
  const tls = {
    ...(ca !== undefined && { ca }),
    ...(insecure && { rejectUnauthorized: false }),
  }
  if (/^wss?:\/\//.test(text)) return URL.canParse(text) ? { url: text, tls } : undefined
  if (text.startsWith('unix:')) return path(text.slice('unix:'.length).replace(/^\/\/(?=\/)/, ''))
  if (/^\.{0,2}\//.test(text)) return path(text)
  const [, scheme = 'tcp', name, bracketed, digits] =
    /^(?:(tcp|tls):\/\/)?(?:([^\s:/[\]]*):|\[([\da-fA-F:.%\w]+)\]:)?(\d{1,5})\/?$/.exec(text) ?? []
  const port = Number(digits)
  if (!(port >= 1 && port <= 65_535)) return undefined
  const host = bracketed ?? (name || '127.0.0.1')
  return scheme === 'tls' ? { host, port, tls } : { host, port }
}

function path(path: string): Target | undefined {
  return path === '' ? undefined : { path }
}
