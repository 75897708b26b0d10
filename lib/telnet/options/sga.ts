/**
 * SUPPRESS GO AHEAD (RFC 858): leaves out the IAC GA after a prompt.
 *
 * RFC 1123 (3.2.2) requires that it is always accepted. But some clients understand it differently: PuTTY (which asks
 * for it by default) and inetutils telnet stop editing lines after WILL SGA and send every key as it is pressed,
 * backspace included. A service of lines would get "helo\x7flo". So it is refused until the service itself asks for
 * single keys: `telnet.request('us', OPTION.SGA, true)`. Those clients ignore the GA that then follows prompts. A
 * service that prefers the RFC's rule lists `{ ...sga, us: 'accept' }`.
 */
import { OPTION } from '../constants.js'
import type { TelnetOption } from '../option.js'

export const sga: TelnetOption = { code: OPTION.SGA, name: 'SUPPRESS-GO-AHEAD', us: 'refuse', them: 'accept' }
