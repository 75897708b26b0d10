/**
 * TIMING MARK (RFC 860): "tell me when you have come to here". A client sends DO TM behind an interrupt and throws
 * all output away until the answer comes; without one its user sees nothing any more. So each DO gets its WILL, at
 * once and in order. (An interrupt comes first, so two such requests never follow each other directly.) A WILL that nobody asked for is answered DONT, which in RFC 860 says "ignored".
 */
import { OPTION } from '../constants.js'
import type { TelnetOption } from '../option.js'

export const timingMark: TelnetOption = {
  code: OPTION.TIMING_MARK,
  name: 'TIMING-MARK',
  us: 'accept',
  them: 'refuse',
  momentary: true,
}
