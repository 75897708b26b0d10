/** What one process has measured in the present step of time; at the step's end it is told, and begins anew. */
import {
  type EventLoopUtilization,
  type IntervalHistogram,
  monitorEventLoopDelay,
  performance,
} from 'node:perf_hooks'
import { FailureCount, kindOf, type Phase } from './failures.js'
import { Latencies } from './latencies.js'
import type { StepMessage } from './messages.js'

/** Labels that a script may use; those beyond are told as one. */
const MAX_LABELS = 30
const OTHER = 'other'
/** How often the delay of the event loop is looked at, in milliseconds; that much is no delay. */
const RESOLUTION = 10

export class Recorder {
  readonly #stepLength: number
  readonly #tell: (step: StepMessage) => void
  /** Whether latencies count from another time than the one at which it was asked. */
  readonly #open: boolean
  readonly #labels = new Map<string, Latencies>()
  readonly #service = new Latencies()
  readonly #connects = new Latencies()
  readonly #lag = new Latencies()
  readonly #failures = new FailureCount()
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION })
  #utilization: EventLoopUtilization = performance.eventLoopUtilization()
  #sent = 0
  #answers = 0
  #firstAnswer: number | undefined
  #lastAnswer: number | undefined
  #step: number
  /** Clients that are connected now. */
  connected = 0
  /** Questions that are not answered yet. */
  waiting = 0

  constructor(init: { stepLength: number; open: boolean; from: number; tell: (step: StepMessage) => void }) {
    this.#stepLength = init.stepLength
    this.#open = init.open
    this.#tell = init.tell
    this.#step = this.#stepAt(init.from)
    this.#delay.enable()
  }

  #stepAt(at: number): number {
    return Math.floor(at / this.#stepLength)
  }

  /** Times are in milliseconds since the ramp's end, as all of them here. */
  connect(began: number, at: number): void {
    this.advance(at)
    this.#connects.record(at - began)
    this.connected += 1
  }

  asked(at: number): void {
    this.advance(at)
    this.#sent += 1
    this.waiting += 1
  }

  lag(ms: number): void {
    this.#lag.record(ms)
  }

  /** @param from when it was due. @param sent when it was asked. */
  answered(label: string, from: number, sent: number, at: number): void {
    this.advance(at)
    this.waiting -= 1
    this.#answers += 1
    this.#firstAnswer ??= at
    this.#lastAnswer = at
    this.#latenciesOf(label).record(at - from)
    if (this.#open) this.#service.record(at - sent)
  }

  #latenciesOf(label: string): Latencies {
    const known = this.#labels.get(label)
    if (known !== undefined) return known
    if (this.#labels.size >= MAX_LABELS && label !== OTHER) return this.#latenciesOf(OTHER)
    const fresh = new Latencies()
    this.#labels.set(label, fresh)
    return fresh
  }

  failed(
    phase: Phase,
    error: unknown,
    of: { client: number; at: number; reset?: string | undefined; said?: string | undefined },
  ): void {
    this.advance(of.at)
    const { client, at, reset, said } = of
    this.#failures.add(phase, kindOf(phase, error, reset), error, { client, at, said })
  }

  /** Tells the steps that have ended. What happens late in a busy process counts for when it was noticed. */
  advance(at: number): void {
    for (const step = this.#stepAt(at); this.#step < step; this.#step += 1) this.flush()
  }

  /** Tells what there is. */
  flush(): void {
    const utilization = performance.eventLoopUtilization()
    const { active, idle } = performance.eventLoopUtilization(utilization, this.#utilization)
    const labels = [...this.#labels].filter(([, latencies]) => latencies.count > 0)
    this.#tell({
      number: this.#step,
      sent: this.#sent,
      answers: this.#answers,
      firstAnswer: this.#firstAnswer,
      lastAnswer: this.#lastAnswer,
      connected: this.connected,
      waiting: this.waiting,
      latencies: Object.fromEntries(labels.map(([label, latencies]) => [label, latencies.encode()])),
      service: encoded(this.#service),
      connects: encoded(this.#connects),
      lag: encoded(this.#lag),
      failures: this.#failures.take(),
      active,
      elapsed: active + idle,
      delay: Math.max(0, this.#delay.max / 1e6 - RESOLUTION),
      memory: process.memoryUsage.rss(),
    })
    this.#utilization = utilization
    for (const [, latencies] of labels) latencies.reset()
    for (const latencies of [this.#service, this.#connects, this.#lag]) latencies.reset()
    this.#delay.reset()
    this.#sent = 0
    this.#answers = 0
    this.#firstAnswer = undefined
    this.#lastAnswer = undefined
  }
}

function encoded(latencies: Latencies): string | undefined {
  return latencies.count === 0 ? undefined : latencies.encode()
}
