/**
 * ECHO (RFC 857). A service of lines echoes nothing: the client shows what its user types. After WILL ECHO the client
 * expects the service to do that and stops; this is how a password is hidden. A client's DO ECHO is refused except
 * while the service hides input (the service's request overrides this policy). A client's WILL ECHO is always refused:
 * two sides that echo each other never stop.
 */
import { OPTION } from '../constants.js'
import type { TelnetOption } from '../option.js'

export const echo: TelnetOption = { code: OPTION.ECHO, name: 'ECHO', us: 'refuse', them: 'refuse' }
