/**
 * TERMINAL TYPE (RFC 1091), and the Mud Terminal Type Standard (MTTS) on top of it: the peer is asked repeatedly and
 * sends one type at a time. The list ends when a type is repeated. With MTTS the list is the client's name, the
 * terminal's type, and `MTTS n`, where n is a sum of capabilities.
 */
import { OPTION } from '../constants.js'
import type { OptionContext, TelnetOption } from '../option.js'
import { printable } from '../printable.js'
import { mttsOf } from '../terminal.js'

const IS = 0
const SEND = Uint8Array.of(1)

/** A list without a repetition ends here. Real ones have up to six names. */
export const MAX_TTYPES = 16
// RFC 1091 allows 40.
const MAX_NAME = 64

// What `memory` holds: nothing yet, "rewinding" while the first type is asked for a second time, then "done".
const REWINDING = 'rewinding'
const DONE = 'done'

export const ttype: TelnetOption = {
  code: OPTION.TTYPE,
  name: 'TERMINAL-TYPE',
  us: 'refuse',
  them: 'offer',

  onEnable(side, context) {
    if (side === 'them' && context.memory === undefined) context.reply(SEND)
  },

  subnegotiation(payload, context) {
    if (payload[0] !== IS || context.memory === DONE) return
    if (context.memory === REWINDING) {
      context.memory = DONE
      return
    }
    const { terminal } = context
    const name = printable(payload.subarray(1), MAX_NAME)
    const mtts = mttsOf(name)
    const isNew = name !== '' && !terminal.ttypes.includes(name)
    if (isNew) {
      terminal.ttypes = [...terminal.ttypes, name]
      if (mtts !== undefined) terminal.mtts = mtts
      context.emit({ type: 'terminal', learned: 'type' })
    }
    if (mtts !== undefined) context.memory = DONE
    else if (!isNew || terminal.ttypes.length >= MAX_TTYPES) rewind(name, context)
    else context.reply(SEND)
  },
}

/**
 * By RFC 1091 a client emulates the type that it sent last. One more request after the end of the list brings it back
 * to its first type, which it prefers and which `terminal.type` reports.
 */
function rewind(last: string, context: OptionContext): void {
  const { ttypes } = context.terminal
  const isBack = ttypes.length < 2 || ttypes[0] === last
  context.memory = !isBack && context.reply(SEND) ? REWINDING : DONE
}
