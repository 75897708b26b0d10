/**
 * Text in telnet messages. Names and values that a peer sends end up in logs and on other people's screens, so nothing
 * in them may act on a terminal (contract rule 14).
 */
import { sanitize } from '../text/sanitize.js'

const utf8 = new TextDecoder('utf-8')

/** UTF-8 as `sanitize` leaves it, and without TAB; at most `max` bytes are read. Bad bytes become U+FFFD. */
export function printable(bytes: Uint8Array, max: number): string {
  return sanitize(utf8.decode(bytes.subarray(0, max))).replaceAll('\t', '')
}

/** Text of the service's own as bytes; ASCII only. */
export function ascii(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}
