/**
 * Registers a service's figures with OpenTelemetry, which asks for them whenever it collects: once for all metrics.
 *
 * `@opentelemetry/api` is an optional peer of the package, so that it is loaded here only, and only where no meter is given.
 */
import type { Attributes, BatchObservableCallback, Meter } from '@opentelemetry/api'
import { checkMethods, checkNames, checkObject } from '../errors.js'
import type { ServiceStats } from '../observability/stats.js'
import { isMissingPackage } from '../storage/backends/packages.js'
import { OpenTelemetryMissingError } from './errors.js'
import { instrumentsOf } from './instruments.js'

/** What can be observed: a `Service`. */
export interface Observed {
  stats(): ServiceStats
}

export interface ObserveOptions {
  /** Where the metrics are registered; the global meter provider's meter `mara-ts` unless said otherwise. */
  readonly meter?: Meter | undefined
  /** Added to every measurement: what tells this service from others of the same process. */
  readonly attributes?: Attributes | undefined
}

/**
 * Has OpenTelemetry collect what `service.stats()` tells. Set up the SDK, with its meter provider, before this is called.
 *
 * ```ts
 * const stop = await observe(service)
 * ```
 *
 * @returns a function that ends it.
 * @throws InvalidOptionError for what is no service, no meter, or no options.
 * @throws OpenTelemetryMissingError where no meter is given and `@opentelemetry/api` is not installed.
 */
export async function observe(service: Observed, options: ObserveOptions = {}): Promise<() => void> {
  check(service, options)
  const { meter, attributes = {} } = options
  const from = meter ?? (await globalMeter())
  const instruments = instrumentsOf(from)
  const callback: BatchObservableCallback = (result) => {
    const stats = service.stats()
    for (const { instrument, measure } of instruments) {
      measure(stats, (value, own) => result.observe(instrument, value, { ...attributes, ...own }))
    }
  }
  const observables = instruments.map(({ instrument }) => instrument)
  from.addBatchObservableCallback(callback, observables)
  return () => from.removeBatchObservableCallback(callback, observables)
}

const WHERE = 'observe()'

/** A typing error would leave the service unobserved, which nobody would see before its figures are needed. */
function check(service: unknown, options: ObserveOptions): void {
  checkMethods(WHERE, 'service', service, ['stats'], 'a Service')
  checkNames(WHERE, options, ['meter', 'attributes'])
  const { meter, attributes } = options
  if (meter !== undefined) checkMethods(WHERE, 'meter', meter, METHODS, 'a meter of OpenTelemetry')
  if (attributes !== undefined)
    checkObject(WHERE, 'attributes', attributes, "an object such as { shard: 'eu' }")
}

const METHODS = ['addBatchObservableCallback', 'createObservableCounter'] as const

async function globalMeter(): Promise<Meter> {
  try {
    const { metrics } = await import('@opentelemetry/api')
    return metrics.getMeter('mara-ts')
  } catch (error) {
    throw isMissingPackage(error) ? new OpenTelemetryMissingError(error) : error
  }
}
