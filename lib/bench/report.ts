/**
 * What a run has come to: what `--json` prints, and what the other reports are made from. docs/bench.md describes it; a
 * change that readers notice raises `version`.
 */
import type { Failures } from './failures.js'
import type { Percentiles, Quantile } from './latencies.js'
import type { Plan } from './plan.js'
import type { OwnFigures, Step } from './timeline.js'

/** Why a run has ended. */
export type End =
  /** Its time was up. */
  | 'duration'
  /** Somebody wanted it to (Ctrl-C). */
  | 'interrupted'
  /** Each client has tried once, and none could connect. */
  | 'no-connection'
  /** None of its processes was left. */
  | 'generator'

/** Something that whoever reads the figures must know. */
export interface Finding {
  /** Whose doing it is: that of the generator's (then the figures are not the service's), or the service's. */
  readonly about: 'generator' | 'service' | 'run'
  readonly kind: string
  /** In words. */
  readonly text: string
}

export interface GeneratorFigures extends OwnFigures {
  readonly pid: number | undefined
  readonly clients: number
  /** How it ended too early; undefined where it did not. */
  readonly died?: string | undefined
}

/** All times in milliseconds, those of events since the end of the ramp; rates a second. */
export interface BenchReport {
  readonly format: 'mara-bench'
  readonly version: 1
  /** ISO 8601. */
  readonly startedAt: string
  readonly versions: { readonly mara: string; readonly node: string }
  readonly options: Omit<Plan, 'target' | 'targetText'> & { readonly target: string }
  readonly ended: End
  /** From the end of the ramp to the end of the load. */
  readonly measured: number
  readonly connections: { readonly made: number; readonly peak: number; readonly latency: Percentiles }
  readonly exchanges: {
    /** After the ramp, as all figures here but the next one. */
    readonly sent: number
    readonly rampAnswers: number
    readonly answers: number
    /** Within the measured time, a second. */
    readonly throughput: number
    /** Not answered when the run was interrupted. */
    readonly unfinished: number
    /** Open loop: due in the measured time, and never asked, since the client still waited or had no connection. */
    readonly missed?: number
  }
  readonly latency: {
    /** From when a question was due (open loop) or asked (closed loop) to the end of the answer. */
    readonly answer: Percentiles
    /** Open loop: from when it was asked. */
    readonly service?: Percentiles
    /** Closed loop with an expected interval: corrected for coordinated omission. */
    readonly corrected?: Percentiles
    readonly labels: Readonly<Record<string, Percentiles>>
    readonly quantiles: readonly Quantile[]
  }
  readonly errors: { readonly count: number; readonly kinds: readonly Failures[] }
  readonly findings: readonly Finding[]
  readonly generator: {
    readonly processes: readonly GeneratorFigures[]
    /** How late free clients were woken; open loop only. */
    readonly lag?: Percentiles
    /** The share of this machine's processors that was at work, 0 to 1. */
    readonly machine: number
  }
  readonly steps: readonly Step[]
}

/** Whether the service has done all that it was asked. */
export function isClean({ errors, ended, exchanges, generator }: BenchReport): boolean {
  const isWhole = generator.processes.every(({ died }) => died === undefined)
  return (
    errors.count === 0 &&
    isWhole &&
    (ended === 'duration' || ended === 'interrupted') &&
    exchanges.answers > 0
  )
}
