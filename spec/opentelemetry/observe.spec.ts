import { metrics } from '@opentelemetry/api'
import { type CollectionResult, DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { connect, events, memoryPair, Service } from 'mara-ts'
import { observe } from 'mara-ts/opentelemetry'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withProgram } from '../support/program.js'
import { running, turns } from '../support/service.js'

const test = suite('OpenTelemetry')

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

interface Sdk {
  readonly provider: MeterProvider
  /** What is collected now: `name unit attributes` and its value. */
  collect(): Promise<Map<string, number>>
  /** What was collected last. */
  last(): CollectionResult | undefined
}

function sdk(): Sdk {
  const reader = new Reader()
  const provider = new MeterProvider({ readers: [reader] })
  let last: CollectionResult | undefined
  const collect = async (): Promise<Map<string, number>> => {
    last = await reader.collect()
    assert.equal(last.errors, [])
    const found = new Map<string, number>()
    for (const { metrics } of last.resourceMetrics.scopeMetrics) {
      for (const { descriptor, dataPoints } of metrics) {
        for (const { attributes, value } of dataPoints) {
          const words = Object.entries(attributes).map(([name, of]) => ` ${name}=${of}`)
          found.set(`${descriptor.name} ${descriptor.unit}${words.join('')}`, value as number)
        }
      }
    }
    return found
  }
  return { provider, collect, last: () => last }
}

test('collects what stats() tells, each figure with its unit', async () => {
  const { provider, collect } = sdk()
  const service = new Service()
  service.listen(events.Receive, async ({ client, data }) => {
    client.write(`got ${data}`)
    await client.nextLine()
  })
  const stop = await observe(service, { meter: provider.getMeter('spec') })
  await running(
    service,
    async () => {
      const peer = await connect(service)
      assert.throws(() => service.accept(memoryPair()[0]))
      peer.write('hello')
      await peer.expect('got hello')
      await turns()
      const figures = await collect()
      for (const [name, value] of [
        ['mara.clients {client}', 1],
        ['mara.connections {connection} mara.connection.outcome=accepted', 1],
        ['mara.connections {connection} mara.connection.outcome=restored', 0],
        ['mara.connections {connection} mara.connection.outcome=refused', 1],
        ['mara.io By network.io.direction=receive', 7],
        ['mara.io By network.io.direction=transmit', 11],
        ['mara.lines {line} network.io.direction=receive', 1],
        ['mara.lines {line} network.io.direction=transmit', 1],
        ['mara.queue.clients {client}', 0],
        ['mara.queue.lines {line}', 0],
        ['mara.queue.io By network.io.direction=receive', 0],
        ['mara.queue.io By network.io.direction=transmit', 0],
        ['mara.limit.exceeded {occurrence} mara.limit.name=maxConnections', 1],
        ['mara.limit.exceeded {occurrence} mara.limit.name=maxLineLength', 0],
        ['mara.events {event} mara.event.name=Receive', 1],
        ['mara.handlers {handler} mara.event.name=Receive', 1],
        ['mara.handlers {handler} mara.event.name=Connect', 0],
      ] as const) {
        assert.is(figures.get(name), value, name)
      }
      const uptime = figures.get('mara.uptime s') as number
      assert.ok(uptime >= 0 && uptime < 1_000, `${uptime}`)
    },
    { maxConnections: 1 },
  )
  stop()
})

test("the event loop's delay is in seconds, once there is one", async () => {
  const { provider, collect } = sdk()
  const service = new Service()
  const stop = await observe(service, { meter: provider.getMeter('spec') })
  const names = ['min', 'mean', 'p50', 'p99', 'max'].map((statistic) => `mara.eventloop.delay.${statistic} s`)
  await running(service, async () => {
    const first = await collect()
    assert.not(names.some((name) => first.has(name)))
    for (;;) {
      await turns(1)
      const figures = await collect()
      const { delay } = service.stats().eventLoop
      if (delay === null || !figures.has('mara.eventloop.delay.max s')) continue
      const values = names.map((name) => figures.get(name) as number)
      assert.ok(values.every((value) => value >= 0))
      assert.ok((figures.get('mara.eventloop.delay.max s') as number) <= delay.max / 1_000)
      break
    }
  })
  stop()
})

test('totals are monotonic sums, what goes up and down is not, and time is a gauge', async () => {
  const { provider, collect, last } = sdk()
  const service = new Service()
  const stop = await observe(service, { meter: provider.getMeter('spec') })
  await running(service, async () => {
    await collect()
    const kinds = Object.fromEntries(
      (last()?.resourceMetrics.scopeMetrics[0]?.metrics ?? []).map((metric) => [
        metric.descriptor.name,
        metric.dataPointType === DataPointType.SUM ? metric.isMonotonic : metric.dataPointType,
      ]),
    )
    for (const name of ['connections', 'io', 'lines', 'limit.exceeded', 'events']) {
      assert.is(kinds[`mara.${name}`], true, name)
    }
    for (const name of ['clients', 'queue.clients', 'queue.lines', 'queue.io', 'handlers']) {
      assert.is(kinds[`mara.${name}`], false, name)
    }
    assert.is(kinds['mara.uptime'], DataPointType.GAUGE)
  })
  stop()
})

test('asks once for all metrics, and no more after it was stopped', async () => {
  const { provider, collect } = sdk()
  const service = new Service()
  let asked = 0
  const stats = (): ReturnType<Service['stats']> => {
    asked += 1
    return service.stats()
  }
  const stop = await observe({ stats }, { meter: provider.getMeter('spec') })
  await collect()
  assert.is(asked, 1)
  stop()
  stop()
  await collect()
  assert.is(asked, 1)
})

test('attributes tell two services of one process from each other', async () => {
  const { provider, collect } = sdk()
  const [one, other] = [new Service(), new Service()]
  const meter = provider.getMeter('spec')
  const stops = [
    await observe(one, { meter, attributes: { 'mara.service': 'one' } }),
    await observe(other, { meter, attributes: { 'mara.service': 'other' } }),
  ]
  await running(one, async () => {
    const peer = await connect(one)
    await turns()
    const figures = await collect()
    assert.is(figures.get('mara.clients {client} mara.service=one'), 1)
    assert.is(figures.get('mara.clients {client} mara.service=other'), 0)
    await peer.close()
  })
  for (const stop of stops) stop()
})

test('without a meter it takes that of the global provider', async () => {
  const { provider, collect, last } = sdk()
  metrics.setGlobalMeterProvider(provider)
  try {
    const stop = await observe(new Service())
    assert.is((await collect()).get('mara.clients {client}'), 0)
    assert.is(last()?.resourceMetrics.scopeMetrics[0]?.scope.name, 'mara-ts')
    stop()
  } finally {
    metrics.disable()
  }
})

test('where the package is not installed, an error says what to install, and a given meter needs none', async () => {
  await withProgram(['spec/opentelemetry/fixtures/without.ts'], async (program) => {
    assert.equal(await program.exit, { code: 0, signal: null })
    assert.is(program.stderr, '')
    assert.equal(program.stdout.trimEnd().split('\n'), [
      'OpenTelemetryMissingError MARA_OPENTELEMETRY_MISSING',
      'observe() needs a package that is not installed. Run: npm install @opentelemetry/api. Or give it a meter.',
      'observed by a meter of its own: 1',
    ])
  })
})

test.run()
