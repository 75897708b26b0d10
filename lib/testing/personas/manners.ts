/** How a telnet client behaves, as data: what it agrees to, says by itself, and sends for its keys. */
import type { Verb } from '../../telnet/index.js'

export interface Manners {
  readonly name: string
  /** What Enter sends. */
  readonly enter: string | ((client: { performs(option: number): boolean }) => string)
  /** Options that it performs when asked (DO); it refuses all others. */
  readonly performs?: readonly number[] | undefined
  /** Options that it lets the service perform (WILL); it refuses all others. */
  readonly lets?: readonly number[] | undefined
  /** What it says by itself when it is connected. */
  readonly opening?: readonly (readonly [verb: Verb, option: number])[] | undefined
  /** Its answers to "what terminal?", one after the other; the last one is repeated. 'UNKNOWN' unless there are any. */
  readonly types?: readonly string[] | undefined
  /** The body of its answer to "what environment?" (RFC 1572): VAR is `\0`, VALUE `\x01`, USERVAR `\x03`. */
  readonly environment?: string | undefined
  /** It takes note of WONT and DONT, and says nothing. */
  readonly silentWhenOff?: boolean | undefined
  /** It knows no telnet: whatever comes is shown, and nothing is answered. */
  readonly deaf?: boolean | undefined
  /** Each key is sent as it is pressed. */
  readonly keyByKey?: boolean | undefined
}
