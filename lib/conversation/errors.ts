/** What can go wrong with conversations that are to survive a restart. */
import { MaraError } from '../errors.js'

/** A step was used in a way that no replay could follow. */
export class StepError extends MaraError {
  readonly code = 'MARA_STEP'
}

/** What a step has thrown before a restart: its name and message are kept, its class is not. */
export class RecordedError extends MaraError {
  readonly code = 'MARA_RECORDED'
  readonly #name: string

  constructor({ name, message }: ErrorRecord) {
    super(message)
    this.#name = name
  }

  override get name(): string {
    return this.#name
  }
}

/** An error as a journal has it. */
export interface ErrorRecord {
  readonly name: string
  readonly message: string
  /** It was a DOMException, as those of AbortSignal are. */
  readonly dom?: boolean
}

export function recordOf(error: unknown): ErrorRecord {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { name, message } = error
  return { name, message, ...(error instanceof DOMException && { dom: true }) }
}

export function errorOf(record: ErrorRecord): Error {
  return record.dom ? new DOMException(record.message, record.name) : new RecordedError(record)
}
