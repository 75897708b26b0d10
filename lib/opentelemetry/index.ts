/** `mara-ts/opentelemetry`: a service's figures as OpenTelemetry metrics. */
export { OpenTelemetryMissingError } from './errors.js'
export { type Observed, type ObserveOptions, observe } from './observe.js'
