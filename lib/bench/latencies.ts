/**
 * Latencies as an HDR histogram: to three digits, however many there are, in a few kilobytes, and fit to be added up over
 * processes. Node's own (`perf_hooks`) can't leave its process.
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js'

/** Of the library's units, microseconds. */
const PER_MS = 1_000
/** An hour: longer than any timeout. */
const LONGEST = 3_600_000 * PER_MS

/** In milliseconds. */
export interface Percentiles {
  readonly count: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly worst: number
}

/** The share of latencies that are not above it, in percent, and that latency in milliseconds. */
export type Quantile = readonly [percent: number, ms: number]

export class Latencies {
  readonly #histogram: Histogram
  /** As it was recorded: the histogram knows no better than three digits. */
  #worst = 0

  constructor(histogram: Histogram = empty()) {
    this.#histogram = histogram
    this.#worst = histogram.maxValue / PER_MS
  }

  static decode(text: string): Latencies {
    const latencies = new Latencies()
    // A decoded histogram can't grow, and others are added to it.
    latencies.add(new Latencies(decodeFromCompressedBase64(text, 32) as Histogram))
    return latencies
  }

  get count(): number {
    return this.#histogram.totalCount
  }

  record(ms: number): void {
    this.#histogram.recordValue(Math.min(LONGEST, Math.max(1, Math.round(ms * PER_MS))))
    if (ms > this.#worst) this.#worst = ms
  }

  add(other: Latencies): void {
    if (other.count === 0) return
    this.#histogram.add(other.#histogram)
    this.#worst = Math.max(this.#worst, other.#worst)
  }

  reset(): void {
    this.#histogram.reset()
    this.#worst = 0
  }

  /** In the format that all HDR histograms read (V2, compressed). */
  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram)
  }

  at(percent: number): number {
    return this.count === 0
      ? 0
      : Math.min(this.#worst, this.#histogram.getValueAtPercentile(percent) / PER_MS)
  }

  /** With those whom a client would have asked meanwhile, one every `interval` milliseconds, but could not. */
  corrected(interval: number): Latencies {
    return new Latencies(
      this.#histogram.copyCorrectedForCoordinatedOmission(Math.max(1, Math.round(interval * PER_MS))),
    )
  }

  percentiles(): Percentiles {
    const { mean } = this.#histogram
    return {
      count: this.count,
      mean: this.count === 0 ? 0 : round(mean / PER_MS),
      p50: round(this.at(50)),
      p90: round(this.at(90)),
      p99: round(this.at(99)),
      p999: round(this.at(99.9)),
      worst: round(this.#worst),
    }
  }

  /** From the median's side to the tail, closer and closer to 100 %, as far as there are latencies to tell apart. */
  quantiles(): Quantile[] {
    const found: Quantile[] = []
    if (this.count === 0) return found
    for (let tail = 1; tail * this.count > 0.5; tail /= 2 ** 0.25) {
      const percent = 100 * (1 - tail)
      found.push([percent, round(this.at(percent))])
    }
    found.push([100, round(this.#worst)])
    return found
  }
}

function empty(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 1_000 * PER_MS,
    numberOfSignificantValueDigits: 3,
  })
}

/** To the microsecond. */
const round = (ms: number) => Math.round(ms * PER_MS) / PER_MS
