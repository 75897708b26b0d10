/** A service's figures in OpenTelemetry. A program exports them; this one prints a few. */
import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { connect, events, Service } from 'mara-ts'
import { observe } from 'mara-ts/opentelemetry'

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
metrics.setGlobalMeterProvider(provider)

const service = new Service()
service.listen(events.Receive, ({ client, data }) => client.write(`You said: ${data}`))
const stop = await observe(service)
await service.start({ port: 0, log: false })

const ann = await connect(service)
ann.write('hello')
await ann.expect('hello')
await provider.forceFlush()
const [collected] = exporter.getMetrics()
for (const { descriptor, dataPoints } of collected?.scopeMetrics[0]?.metrics ?? []) {
  if (!/^mara\.(clients|lines)$/.test(descriptor.name)) continue
  for (const { value, attributes } of dataPoints) {
    console.log(descriptor.name, descriptor.unit, value, ...Object.values(attributes))
  }
}

stop()
await ann.close()
await service.stop()
await provider.shutdown()
