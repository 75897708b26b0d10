/**
 * SUPPRESS GO AHEAD (RFC 858): whether IAC GA after a prompt is left out.
 *
 * RFC 1123 (3.2.2) wants it always accepted. But clients took it for something else: PuTTY (by default it asks for
 * it) and inetutils telnet stop editing lines once the server says WILL SGA, and send every key as it is pressed,
 * backspace included. A service of lines would get "helo\x7flo". So it is refused until the service itself asks
 * for single keys: `telnet.request('us', OPTION.SGA, true)`. The GA that follows prompts instead, those clients
 * ignore. A service that wants the RFC's way lists `{ ...sga, us: 'accept' }`.
 */
import { OPTION } from '../constants.js'
import type { TelnetOption } from '../option.js'

export const sga: TelnetOption = { code: OPTION.SGA, name: 'SUPPRESS-GO-AHEAD', us: 'refuse', them: 'accept' }
