/**
 * ECHO (RFC 857). A service of lines echoes nothing: the client shows what its user types. WILL ECHO says that we
 * would, so the client stops; that is how a password is hidden. So a client's DO ECHO is refused except while the
 * service hides input (its wish overrides this policy), and a client that would echo us is refused always: two
 * sides that echo each other never stop.
 */
import { OPTION } from '../constants.js'
import type { TelnetOption } from '../option.js'

export const echo: TelnetOption = { code: OPTION.ECHO, name: 'ECHO', us: 'refuse', them: 'refuse' }
