/**
 * TIMING MARK (RFC 860): asks for an answer when the stream has been processed up to here. A client sends DO TM after
 * an interrupt and discards all output until the answer comes; without one its user sees nothing any more. So each DO
 * is answered with WILL at once and in order. (An interrupt comes first, so two such requests never follow each other
 * directly.) A WILL that was not requested is answered with DONT, which in RFC 860 means "ignored".
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
