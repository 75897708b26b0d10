/** How a run is going, while it goes. */

import { rateOf } from './chart.js'
import type { Plan } from './plan.js'
import type { Timeline } from './timeline.js'
import { inThousands, rateInWords, timeInWords } from './units.js'

/** Lines of a log, where there is no terminal. */
const LINES = 20

interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** One line that is written again and again on a terminal; a line now and then elsewhere. */
export class Progress {
  readonly #output: Output
  readonly #period: number
  #next = Number.NEGATIVE_INFINITY
  #shown = false

  constructor({ duration }: Pick<Plan, 'duration'>, output: Output) {
    this.#output = output
    this.#period = output.isTTY ? 250 : Math.max(1_000, duration / LINES)
  }

  /** @param now milliseconds since the ramp's end. */
  show(timeline: Timeline, now: number): void {
    if (now < this.#next) return
    this.#next = now + this.#period
    const line = progressLine(timeline, now)
    if (!this.#output.isTTY) this.#output.write(`${line}\n`)
    else this.#output.write(`\r\x1b[K${line.slice(0, (this.#output.columns ?? 80) - 1)}`)
    this.#shown = true
  }

  /** Takes the line away. */
  end(): void {
    if (this.#shown && this.#output.isTTY) this.#output.write('\r\x1b[K')
  }
}

function progressLine(timeline: Timeline, now: number): string {
  const steps = timeline.latest(2)
  // The last step may not have been told by all processes yet.
  const step = steps[0]
  const phase = now < 0 ? `ramp ${timeInWords(-now)} to go` : `${(now / 1_000).toFixed(1)} s`
  if (step === undefined) return phase
  const latencies = step.answers === 0 ? [] : [`p50 ${timeInWords(step.p50)}`, `p99 ${timeInWords(step.p99)}`]
  return [
    phase,
    `${inThousands(step.connected)} connected`,
    rateInWords(rateOf(step)),
    ...latencies,
    `${inThousands(timeline.failures.count)} errors`,
  ].join('  ')
}
