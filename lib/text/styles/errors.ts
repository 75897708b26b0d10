/** What the styles refuse, and where: always when a style is made, never when it is rendered. */
import { MaraError } from '../../errors.js'

/** A colour, rule or wrapping that cannot be: the message says what was given and what is expected. */
export class InvalidStyleError extends MaraError {
  readonly code = 'MARA_INVALID_STYLE'
}
