/** How programs name the protocol of a server or a connection. */
import { InvalidOptionError } from '../errors.js'
import { bytes } from './bytes.js'
import { lines } from './lines.js'
import type { Protocol } from './protocol.js'

export interface ProtocolOptions {
  /** What is spoken; the service's setting `raw` decides where neither this nor `raw` is given. */
  readonly protocol?: Protocol | undefined
  /** Short for `protocol: bytes` where true, and `protocol: lines` where false. */
  readonly raw?: boolean | undefined
}

/** The protocol that was chosen, if any was. @throws InvalidOptionError */
export function protocolFor({ protocol, raw }: ProtocolOptions): Protocol | undefined {
  if (protocol !== undefined && typeof (protocol as Protocol | null)?.open !== 'function') {
    throw new InvalidOptionError('A server', 'protocol', protocol, 'a protocol, such as lines or bytes')
  }
  if (protocol !== undefined || raw === undefined) return protocol
  return raw ? bytes : lines
}
