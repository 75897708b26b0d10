/**
 * NAWS, "negotiate about window size" (RFC 1073): four bytes, columns and rows, whenever the window changes.
 */
import { OPTION } from '../constants.js'
import type { TelnetOption } from '../option.js'

/**
 * Larger sizes are reduced to this. A program makes rules and padding as wide as the terminal, and a peer must not be
 * able to make it write 65,535 columns of them.
 */
const MAX_SIZE = 1000

export const naws: TelnetOption = {
  code: OPTION.NAWS,
  name: 'NAWS',
  us: 'refuse',
  them: 'offer',
  subnegotiation(payload, { terminal, emit }) {
    // Any other length is not a size.
    if (payload.length !== 4) return
    const columns = size(payload[0], payload[1])
    const rows = size(payload[2], payload[3])
    if (columns === terminal.columns && rows === terminal.rows) return
    terminal.columns = columns
    terminal.rows = rows
    emit({ type: 'resize', columns, rows })
  },
}

/** RFC 1073: zero means that the size is unknown. */
function size(high = 0, low = 0): number | undefined {
  return Math.min(MAX_SIZE, high * 256 + low) || undefined
}
