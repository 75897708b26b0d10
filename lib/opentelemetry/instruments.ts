/**
 * The metrics: their names, kinds and units, and where each gets its values. Names and units follow OpenTelemetry's semantic
 * conventions: totals are counters, what goes up and down an up-down counter, time is in seconds.
 */
import type { Attributes, Meter, Observable } from '@opentelemetry/api'
import type { EventLoopDelay, ServiceStats } from '../observability/stats.js'

type Measure = (stats: ServiceStats, observe: (value: number, attributes?: Attributes) => void) => void

interface Instrument {
  readonly instrument: Observable
  readonly measure: Measure
}

interface Definition {
  readonly name: string
  readonly kind: 'Counter' | 'UpDownCounter' | 'Gauge'
  readonly unit: string
  readonly description: string
  readonly measure: Measure
}

/** The convention's own name. */
const DIRECTION = 'network.io.direction'
const OUTCOME = 'mara.connection.outcome'
const LIMIT = 'mara.limit.name'
const EVENT = 'mara.event.name'

/** One measurement for each name. */
function each(
  attribute: string,
  figures: { readonly [name: string]: number },
  observe: Parameters<Measure>[1],
): void {
  for (const [name, value] of Object.entries(figures)) observe(value, { [attribute]: name })
}

const DEFINITIONS: readonly Definition[] = [
  {
    name: 'mara.clients',
    kind: 'UpDownCounter',
    unit: '{client}',
    description: 'Clients that are connected.',
    measure: ({ clients }, observe) => observe(clients.connected),
  },
  {
    name: 'mara.connections',
    kind: 'Counter',
    unit: '{connection}',
    description: 'Connections accepted, restored from the process before, and refused.',
    measure: ({ clients: { accepted, restored, refused } }, observe) =>
      each(OUTCOME, { accepted, restored, refused }, observe),
  },
  {
    name: 'mara.io',
    kind: 'Counter',
    unit: 'By',
    description: 'Bytes that clients sent and were sent.',
    measure: ({ input, output }, observe) =>
      each(DIRECTION, { receive: input.bytes, transmit: output.bytes }, observe),
  },
  {
    name: 'mara.lines',
    kind: 'Counter',
    unit: '{line}',
    description: 'Lines that clients sent and were sent.',
    measure: ({ input, output }, observe) =>
      each(DIRECTION, { receive: input.lines, transmit: output.lines }, observe),
  },
  {
    name: 'mara.queue.clients',
    kind: 'UpDownCounter',
    unit: '{client}',
    description: 'Clients that wait for their turn.',
    measure: ({ queues }, observe) => observe(queues.ready),
  },
  {
    name: 'mara.queue.lines',
    kind: 'UpDownCounter',
    unit: '{line}',
    description: 'Lines that no handler has read yet.',
    measure: ({ queues }, observe) => observe(queues.unreadLines),
  },
  {
    name: 'mara.queue.io',
    kind: 'UpDownCounter',
    unit: 'By',
    description: 'Bytes that no handler has read yet, and bytes that have not been sent yet.',
    measure: ({ queues }, observe) =>
      each(DIRECTION, { receive: queues.unreadBytes, transmit: queues.unsentBytes }, observe),
  },
  {
    name: 'mara.limit.exceeded',
    kind: 'Counter',
    unit: '{occurrence}',
    description: 'How often limits were met.',
    measure: ({ limits }, observe) => each(LIMIT, limits, observe),
  },
  {
    name: 'mara.events',
    kind: 'Counter',
    unit: '{event}',
    description: 'Events that were triggered.',
    measure: ({ events }, observe) => each(EVENT, events, observe),
  },
  {
    name: 'mara.handlers',
    kind: 'UpDownCounter',
    unit: '{handler}',
    description: 'Handlers in flight.',
    measure: ({ handlers }, observe) => each(EVENT, handlers.byEvent, observe),
  },
  {
    name: 'mara.uptime',
    kind: 'Gauge',
    unit: 's',
    description: 'How long the service has run in this process.',
    measure: ({ uptime }, observe) => observe(uptime / 1_000),
  },
  delay('min', 'The least event loop delay.'),
  delay('mean', 'The mean event loop delay.'),
  delay('p50', 'The median event loop delay.'),
  delay('p99', 'The 99th percentile of the event loop delay.'),
  delay('max', 'The greatest event loop delay.'),
]

function delay(statistic: keyof EventLoopDelay, description: string): Definition {
  return {
    name: `mara.eventloop.delay.${statistic}`,
    kind: 'Gauge',
    unit: 's',
    description,
    measure: ({ eventLoop }, observe) => {
      if (eventLoop.delay !== null) observe(eventLoop.delay[statistic] / 1_000)
    },
  }
}

export function instrumentsOf(meter: Meter): Instrument[] {
  return DEFINITIONS.map(({ name, kind, unit, description, measure }) => ({
    instrument: meter[`createObservable${kind}`](name, { unit, description }),
    measure,
  }))
}
