/**
 * How late the event loop is. Node's own monitor samples it with a timer, which costs a little, so it begins when somebody
 * asks for the first time.
 *
 * Several readers may ask, each as often as it likes, so nobody's question may begin the figures anew. Two histograms
 * overlap instead: the older one answers, and the younger one takes its place when it has run for long enough.
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { EventLoopDelay } from './stats.js'

/** Milliseconds between two samples. */
const RESOLUTION = 20
/** How many milliseconds an answer covers at least, once so much has been measured. */
const WINDOW = 30_000

interface Measured {
  readonly histogram: IntervalHistogram
  /** In milliseconds of `performance.now()`. */
  readonly since: number
}

export class EventLoopMonitor {
  readonly #now: () => number
  readonly #open: typeof monitorEventLoopDelay
  #older: Measured | undefined
  #younger: Measured | undefined

  /** @param now milliseconds of a clock that never goes back. */
  constructor(now: () => number = () => performance.now(), open = monitorEventLoopDelay) {
    this.#now = now
    this.#open = open
  }

  /** The delay since the monitor began, or over one to two windows; undefined before there is a sample. Begins if need be. */
  read(): EventLoopDelay | undefined {
    this.#older ??= this.#begin()
    this.#younger ??= this.#older
    if (this.#now() - this.#younger.since >= WINDOW) {
      if (this.#older !== this.#younger) this.#older.histogram.disable()
      this.#older = this.#younger
      this.#younger = this.#begin()
    }
    return delayOf(this.#older.histogram)
  }

  stop(): void {
    this.#older?.histogram.disable()
    this.#younger?.histogram.disable()
    this.#older = undefined
    this.#younger = undefined
  }

  /** Its timer does not keep the process running. */
  #begin(): Measured {
    const histogram = this.#open({ resolution: RESOLUTION })
    histogram.enable()
    return { histogram, since: this.#now() }
  }
}

function delayOf(histogram: IntervalHistogram): EventLoopDelay | undefined {
  if (histogram.count === 0) return undefined
  return {
    min: late(histogram.min),
    mean: late(histogram.mean),
    p50: late(histogram.percentile(50)),
    p99: late(histogram.percentile(99)),
    max: late(histogram.max),
  }
}

/** A sample is the time since the sample before, in nanoseconds: what exceeds the resolution is delay. */
function late(sample: number): number {
  return Math.max(0, sample / 1e6 - RESOLUTION)
}
