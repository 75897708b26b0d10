/** Who is measured when: in alternation, and nobody always first, last, or behind the same other. */
import type { Sample } from './load/job.js'
import type { Peer } from './peers.js'
import type { Workload } from './workloads/workload.js'

/** A workload, and who takes part in it. */
export interface Heat {
  readonly workload: Workload
  readonly peers: readonly Peer[]
}

export interface Result extends Heat {
  /** By peer, a sample for each round; all have the same number. */
  readonly samples: ReadonlyMap<Peer, readonly Sample[]>
}

/**
 * The order of a round: every second round runs the one before it backwards, and every other one begins one further. Turning
 * back in each round as well as beginning further would have the first of two always be first.
 */
export function orderOf<T>(all: readonly T[], round: number): T[] {
  const first = Math.floor(round / 2) % Math.max(1, all.length)
  const order = [...all.slice(first), ...all.slice(0, first)]
  return round % 2 === 0 ? order : order.reverse()
}

/** Those who speak the wire among the chosen, or those whom the workload names. */
export function heatsOf(workloads: readonly Workload[], chosen: readonly Peer[]): Heat[] {
  return workloads.map((workload) => ({
    workload,
    peers: workload.peers ?? chosen.filter((peer) => peer.speaks.includes(workload.wire)),
  }))
}

export interface RoundOptions {
  readonly rounds: number
  /** Whether there is time for another round; asked after each. */
  readonly another?: (roundsDone: number) => boolean
  readonly measure: (peer: Peer, workload: Workload) => Promise<Sample>
  /** Told of each sample. */
  readonly onSample?: (peer: Peer, workload: Workload, round: number, sample: Sample) => void
}

/**
 * All workloads once, then all again: what a machine does for a minute touches one round of a workload, and not all of it.
 *
 * @throws Error where two peers sent different bytes.
 */
export async function runRounds(heats: readonly Heat[], options: RoundOptions): Promise<Result[]> {
  const { rounds, another = () => true, measure, onSample } = options
  const results = heats.map((heat) => ({
    ...heat,
    samples: new Map(heat.peers.map((peer) => [peer, [] as Sample[]])),
  }))
  for (let round = 0; round < rounds; round++) {
    for (const { workload, peers, samples } of results) {
      const repeats = workload.repeats ?? 1
      for (let repeat = 0; repeat < repeats; repeat++) {
        for (const peer of orderOf(peers, round * repeats + repeat)) {
          const sample = await measure(peer, workload)
          samples.get(peer)?.push(sample)
          checkSame(workload, samples)
          onSample?.(peer, workload, round, sample)
        }
      }
    }
    if (!another(round + 1)) break
  }
  return results
}

function checkSame(workload: Workload, samples: ReadonlyMap<Peer, readonly Sample[]>): void {
  const hashes = new Map([...samples].flatMap(([peer, all]) => all.map(({ hash }) => [hash, peer.label])))
  if (hashes.size <= 1) return
  const told = [...hashes].map(([hash, label]) => `${label} (${hash.slice(0, 12)})`).join(', ')
  throw new Error(`${workload.title}: peers sent different bytes: ${told}.`)
}
