/** What a player of `connectTo` can find wrong. */
import { shown } from '../connect/visible.js'
import { MaraError } from '../errors.js'

/** `seesNothing` found something. The message shows it. */
export class UnexpectedTextError extends MaraError {
  readonly code = 'MARA_UNEXPECTED_TEXT'
  /** Each line end as `\n`. */
  readonly received: string

  constructor(name: string, received: string) {
    super(`Expected that ${name} sees nothing.\n${shown(received)}`)
    this.received = received
  }
}
