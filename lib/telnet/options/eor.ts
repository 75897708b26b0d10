/**
 * END OF RECORD (RFC 885): IAC EOR after a prompt. MUD clients use it to distinguish a prompt from a line that is not
 * finished yet. Preferred to GA, which means the same to them but requires that SGA is off. See `Telnet.endOfPrompt`.
 */
import { OPTION } from '../constants.js'
import type { TelnetOption } from '../option.js'

export const eor: TelnetOption = {
  code: OPTION.END_OF_RECORD,
  name: 'END-OF-RECORD',
  us: 'offer',
  them: 'refuse',
}
