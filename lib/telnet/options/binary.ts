/**
 * BINARY (RFC 856): all eight bits, and no CR NUL. The codec passes eight bits whether or not a peer agrees. The
 * encoding is CHARSET's concern.
 *
 * The peer is still asked for it. BSD's telnet and its descendants (inetutils, macOS) take the bytes of UTF-8 for
 * control keys with an eighth bit, unless it is on: the Cyrillic у (D1 83) would be sent as Ctrl-C, a closing quotation
 * mark (E2 80 9D) would open the telnet prompt. Some clients then end lines in a bare CR or LF.
 */
import { OPTION } from '../constants.js'
import type { TelnetOption } from '../option.js'

export const binary: TelnetOption = { code: OPTION.BINARY, name: 'BINARY', us: 'accept', them: 'offer' }
