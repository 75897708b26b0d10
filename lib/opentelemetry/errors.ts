import { MaraError } from '../errors.js'

/** The package `@opentelemetry/api` is not installed. */
export class OpenTelemetryMissingError extends MaraError {
  readonly code = 'MARA_OPENTELEMETRY_MISSING'

  constructor(cause: unknown) {
    super(
      'observe() needs a package that is not installed. Run: npm install @opentelemetry/api. Or give it a meter.',
      { cause },
    )
  }
}
