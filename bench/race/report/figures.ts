/** From samples to the figures that are shown: medians over the rounds, with their spread. */
import { holdsOne, median, ratios, type Summary, summary } from '../../support/statistics.js'
import type { Sample } from '../load/job.js'
import type { Peer } from '../peers.js'
import type { Result } from '../rounds.js'
import type { Workload } from '../workloads/workload.js'

export interface Row {
  readonly label: string
  /** How many a second; of `idle`, bytes a client. */
  readonly figure: Summary
  /** Of the baseline's, round by round. */
  readonly ratio: Summary
  /** Microseconds of the server's processor time for each. */
  readonly time?: Summary | undefined
  readonly timeRatio?: Summary | undefined
  /** Medians over the rounds, in milliseconds. */
  readonly latency?: { readonly median: number; readonly p99: number } | undefined
  /** The load was busy all the time, and the server was not: it could have done more. */
  readonly loadWasTheLimit: boolean
  readonly isBaseline: boolean
}

export interface Figures {
  readonly workload: Workload
  readonly rounds: number
  readonly rows: readonly Row[]
  /** Of a null race, whether it shows 1 within its own spread. */
  readonly nullHolds?: boolean | undefined
}

/** A share of a core from which a process counts as busy all the time. */
const BUSY = 0.9

/** What the workload is about: a rate, or memory. */
function figureOf(workload: Workload): (sample: Sample) => number {
  return workload.kind === 'idle'
    ? ({ memory = Number.NaN }) => memory
    : ({ count, seconds }) => count / seconds
}

const timeOf = ({ serverTime = Number.NaN, count }: Sample): number => serverTime / count

export function figuresOf({ workload, peers, samples }: Result): Figures {
  const of = (peer: Peer): readonly Sample[] => samples.get(peer) ?? []
  // The chosen peers may be without the baseline; then whoever comes first is what the others are compared with.
  const baseline = peers.find(({ name }) => name === workload.baseline) ?? peers[0]
  const base = baseline === undefined ? [] : of(baseline)
  const figure = figureOf(workload)
  const rows = peers.map((peer): Row => {
    const own = of(peer)
    const isTimed = workload.kind !== 'idle' && [...own, ...base].every((s) => s.serverTime !== undefined)
    return {
      label: peer.label,
      figure: summary(own.map(figure)),
      ratio: summary(ratios(own.map(figure), base.map(figure))),
      ...(isTimed && {
        time: summary(own.map(timeOf)),
        timeRatio: summary(ratios(own.map(timeOf), base.map(timeOf))),
      }),
      latency: latencyOf(own),
      loadWasTheLimit: workload.kind !== 'idle' && loadWasTheLimit(own),
      isBaseline: peer === baseline,
    }
  })
  const isNull = workload.name.startsWith('null')
  const [first] = peers
  const nullHolds =
    isNull && first !== undefined ? holdsOne(ratios(of(first).map(figure), base.map(figure))) : undefined
  return { workload, rounds: base.length, rows, nullHolds }
}

function latencyOf(samples: readonly Sample[]): Row['latency'] {
  const known = samples.flatMap(({ latency }) => latency ?? [])
  if (known.length === 0) return undefined
  return { median: median(known.map((l) => l.median)), p99: median(known.map((l) => l.p99)) }
}

function loadWasTheLimit(samples: readonly Sample[]): boolean {
  const share = (time: (sample: Sample) => number): number =>
    median(samples.map((sample) => time(sample) / 1_000_000 / sample.seconds))
  const server = share(({ serverTime = Number.NaN }) => serverTime)
  return share(({ loadTime }) => loadTime) >= BUSY && !(server >= BUSY)
}
