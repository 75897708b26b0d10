/** The error of this folder. It is thrown when a style is made, never when it is rendered. */
import { MaraError } from '../../errors.js'

/** A colour, rule or wrapping has a value that is not allowed. The message says what was given and what is expected. */
export class InvalidStyleError extends MaraError {
  readonly code = 'MARA_INVALID_STYLE'
}
