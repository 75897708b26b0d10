/** How programs name the protocol of a server or a connection. */
import { bytes } from './bytes.js'
import { lines } from './lines.js'
import type { Protocol } from './protocol.js'

export interface ProtocolOptions {
  /** What is spoken; the service's setting `raw` decides where neither this nor `raw` is given. */
  readonly protocol?: Protocol | undefined
  /** Short for `protocol: bytes` where true, and `protocol: lines` where false. */
  readonly raw?: boolean | undefined
}

/** The protocol that was chosen, if any was. */
export function protocolFor({ protocol, raw }: ProtocolOptions): Protocol | undefined {
  if (protocol !== undefined || raw === undefined) return protocol
  return raw ? bytes : lines
}
