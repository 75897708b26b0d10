/**
 * An echo under observation, or not: `service.ts HOW HANDLER LIBRARY`. It prints its port.
 */
import { subscribe, tracingChannel } from 'node:diagnostics_channel'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { HandlerMessage, Service as ServiceClass } from 'mara-ts'

const [how, handler, library] = process.argv.slice(2) as [string, string, string]
const { events, Service } = (await import(library)) as typeof import('mara-ts')

const service = new Service()
if (handler === 'async') {
  service.listen(events.Receive, async ({ client, data }) => client.write(data))
} else {
  service.listen(events.Receive, ({ client, data }) => client.write(data))
}

let told = 0
/** What each contender has besides. */
const OBSERVERS: Record<string, (service: ServiceClass) => unknown> = {
  stats: (service) => setInterval(() => service.stats(), 1_000),
  event: () => subscribe('mara:event', () => void told++),
  handler() {
    const count = (): void => void told++
    tracingChannel<unknown, HandlerMessage>('mara:handler').subscribe({
      start: count,
      end: count,
      asyncStart: count,
      asyncEnd: count,
      error: count,
    })
  },
  async metrics(service) {
    const { observe } = await import('mara-ts/opentelemetry')
    const exporter = {
      export: (_: unknown, done: (result: { code: number }) => void) => done({ code: 0 }),
      forceFlush: async () => {},
      shutdown: async () => {},
    }
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: 1_000,
      exportTimeoutMillis: 900,
    })
    const provider = new MeterProvider({ readers: [reader] })
    await observe(service, { meter: provider.getMeter('bench') })
  },
}

await service.start({ port: 0, log: false, store: 'memory' })
await OBSERVERS[how]?.(service)
process.stdout.write(`${service.address?.port}\n`)
