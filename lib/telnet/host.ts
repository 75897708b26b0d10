/** The connection's side of telnet, which the parts of this room report to. */
import type { TelnetEvent } from './option.js'

export type TelnetLimit = 'maxSubnegotiation' | 'maxTelnetReplies'

/** What `Telnet` calls, synchronously, from within `receive` and the requests. No method may throw. */
export interface TelnetHost {
  /** Whether the peer's line ends show that it is not a telnet client. It may still turn out to be one. */
  readonly plain?: boolean
  /** Sends bytes to the peer, escaped already, in one stream with the text that the service writes. */
  send(bytes: Uint8Array): void
  on(event: TelnetEvent): void
  /** A limit was reached (contract rule 19). `maxTelnetReplies` is reported at most once a second. */
  limit(name: TelnetLimit): void
}
