/** Why a stream ends before its source does. */
import { MaraError } from '../errors.js'

/** A reader of `events` or `clients` with `whenFull: 'error'` was too slow. What it had not read yet comes before this. */
export class BufferFullError extends MaraError {
  readonly code = 'MARA_BUFFER_FULL'
  /** How many items the buffer holds. */
  readonly limit: number

  constructor(limit: number) {
    super(
      `A reader's buffer of ${limit} items is full. Read faster, raise its limit, or choose whenFull: 'wait' or 'drop-oldest'.`,
    )
    this.limit = limit
  }
}

/** A line is longer than `maxLineLength`. Lines before it come before this. */
export class LineTooLongError extends MaraError {
  readonly code = 'MARA_LINE_TOO_LONG'
  /** Bytes. */
  readonly maxLineLength: number

  constructor(maxLineLength: number) {
    super(
      `A line is longer than ${maxLineLength} bytes. If that is no mistake, raise maxLineLength of lines().`,
    )
    this.maxLineLength = maxLineLength
  }
}

/** `lines` was given something that bytes can't be read from, or that gave something other than bytes or text. */
export class InvalidSourceError extends MaraError {
  readonly code = 'MARA_INVALID_SOURCE'

  constructor(problem: string) {
    super(
      `lines() reads bytes or text from a Node stream, a web ReadableStream or an async iterable, but ${problem}.`,
    )
  }
}
