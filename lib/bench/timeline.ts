/** Steps of time as all processes have told them: added up, and made fewer where a run is long. */
import { FailureCount } from './failures.js'
import { Latencies } from './latencies.js'
import type { StepMessage } from './messages.js'

/** Steps of a report at most. */
const MOST = 300
/** Examples of each kind of failure. */
const EXAMPLES = 5

/** One step, of all processes. Times are in milliseconds since the ramp's end. */
export interface Step {
  readonly at: number
  readonly length: number
  readonly sent: number
  readonly answers: number
  readonly failures: number
  readonly connected: number
  readonly waiting: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly worst: number
}

/** What one process said of itself. */
export interface OwnFigures {
  /** Of the time in which it was at work, while it measured: 0 to 1. */
  utilisation: number
  /** The longest time for which its event loop came to nothing else, in milliseconds. */
  delay: number
  memory: number
}

interface Open {
  sent: number
  answers: number
  failures: number
  connected: Map<number, number>
  waiting: Map<number, number>
  latencies: Latencies
}

export class Timeline {
  readonly #length: number
  readonly #duration: number
  readonly #group: number
  readonly #open = new Map<number, Open>()
  readonly labels = new Map<string, Latencies>()
  /** All answers to what was asked from the ramp's end on. */
  readonly latencies = new Latencies()
  readonly service = new Latencies()
  readonly connects = new Latencies()
  readonly lag = new Latencies()
  readonly failures = new FailureCount()
  readonly own: OwnFigures[] = []
  readonly #busy: { active: number; elapsed: number }[] = []
  readonly #answered: [first: number, last: number][] = []
  sent = 0
  /** Within the measured time, for the throughput. */
  answers = 0
  /** In the ramp, and in no figure. */
  rampAnswers = 0
  /** How many were connected at once. */
  peak = 0

  /** @param length of a step that processes tell; @param duration of the measured time. In milliseconds. */
  constructor(length: number, duration: number) {
    this.#length = length
    this.#duration = duration
    this.#group = Math.max(1, Math.ceil(duration / length / MOST))
  }

  add(index: number, step: StepMessage): void {
    const at = step.number * this.#length
    const latencies = this.#latenciesOf(step, at)
    this.failures.addAll(step.failures, EXAMPLES)
    if (step.connects !== undefined) this.connects.add(Latencies.decode(step.connects))
    if (at >= 0) {
      this.latencies.add(latencies)
      if (step.service !== undefined) this.service.add(Latencies.decode(step.service))
      if (step.lag !== undefined) this.lag.add(Latencies.decode(step.lag))
      this.sent += step.sent
      if (at < this.#duration) this.answers += step.answers
    } else this.rampAnswers += step.answers
    if (step.firstAnswer !== undefined) this.#answered.push([step.firstAnswer, step.lastAnswer as number])
    this.#addOwn(index, step, at)

    const number = Math.floor(step.number / this.#group)
    const open = this.#openAt(number)
    open.sent += step.sent
    open.answers += step.answers
    open.failures += step.failures.reduce((sum, { count }) => sum + count, 0)
    open.connected.set(index, step.connected)
    open.waiting.set(index, step.waiting)
    open.latencies.add(latencies)
    this.peak = Math.max(this.peak, total(open.connected))
  }

  #latenciesOf(step: StepMessage, at: number): Latencies {
    const all = new Latencies()
    for (const [label, text] of Object.entries(step.latencies)) {
      const latencies = Latencies.decode(text)
      all.add(latencies)
      if (at < 0) continue
      const before = this.labels.get(label)
      if (before === undefined) this.labels.set(label, latencies)
      else before.add(latencies)
    }
    return all
  }

  #addOwn(index: number, step: StepMessage, at: number): void {
    const isMeasured = at >= 0 && at < this.#duration
    const busy = this.#busy[index] ?? { active: 0, elapsed: 0 }
    this.#busy[index] = busy
    if (isMeasured) {
      busy.active += step.active
      busy.elapsed += step.elapsed
    }
    const before = this.own[index]
    this.own[index] = {
      utilisation: busy.elapsed === 0 ? 0 : busy.active / busy.elapsed,
      delay: Math.max(before?.delay ?? 0, isMeasured ? step.delay : 0),
      memory: Math.max(before?.memory ?? 0, step.memory),
    }
  }

  #openAt(number: number): Open {
    const known = this.#open.get(number)
    if (known !== undefined) return known
    const fresh: Open = {
      sent: 0,
      answers: 0,
      failures: 0,
      connected: new Map(),
      waiting: new Map(),
      latencies: new Latencies(),
    }
    this.#open.set(number, fresh)
    return fresh
  }

  /** Longest times without an answer, from the ramp's end to `end`; the last one may reach up to it. */
  gaps(end: number, least: number): { readonly from: number; readonly to: number }[] {
    const gaps: { from: number; to: number }[] = []
    let last = 0
    const sorted = [...this.#answered].sort(([a], [b]) => a - b)
    for (const [first, lastOf] of [...sorted, [end, end] as const]) {
      if (Math.min(first, end) - last >= least) gaps.push({ from: last, to: Math.min(first, end) })
      last = Math.max(last, lastOf)
    }
    return gaps
  }

  /** What has been told so far, oldest first. */
  steps(): Step[] {
    return this.#numbers().map((number) => this.#step(number))
  }

  /** The last `count` steps, oldest first. */
  latest(count: number): Step[] {
    return this.#numbers()
      .slice(-count)
      .map((number) => this.#step(number))
  }

  /** Steps in which nothing happened are steps, too. */
  #numbers(): number[] {
    const told = [...this.#open.keys()]
    if (told.length === 0) return []
    const first = Math.min(...told)
    return Array.from({ length: Math.max(...told) - first + 1 }, (_, index) => first + index)
  }

  #step(number: number): Step {
    const { sent, answers, failures, connected, waiting, latencies } = this.#openAt(number)
    const { p50, p90, p99, worst } = latencies.percentiles()
    const length = this.#group * this.#length
    return {
      at: number * length,
      length,
      sent,
      answers,
      failures,
      connected: total(connected),
      waiting: total(waiting),
      p50,
      p90,
      p99,
      worst,
    }
  }
}

function total(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}
