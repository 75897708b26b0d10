/** The default options of a service, in the order in which they are offered. */
import type { TelnetOption } from '../option.js'
import { binary } from './binary.js'
import { charset } from './charset.js'
import { echo } from './echo.js'
import { eor } from './eor.js'
import { naws } from './naws.js'
import { newEnviron } from './new-environ.js'
import { sga } from './sga.js'
import { timingMark } from './timing-mark.js'
import { ttype } from './ttype.js'

export const defaultOptions: readonly TelnetOption[] = [
  ttype,
  naws,
  charset,
  newEnviron,
  eor,
  sga,
  echo,
  binary,
  timingMark,
]

export { binary, charset, echo, eor, naws, newEnviron, sga, timingMark, ttype }
