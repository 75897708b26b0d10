/** `--compare REV`: Mara as it is, Mara at an earlier revision, and Mara as it is once more, which shows what chance does. */
import { compareMicro } from '../micro/rounds.js'
import { COMPILED, compileBenchmarks } from '../support/build.js'
import { buildBoth } from '../support/revision.js'
import { compare, LEAST_ROUNDS } from '../support/statistics.js'
import { machine } from './machine.js'
import { measure } from './measure.js'
import type { Options } from './options.js'
import { mara, maraAgain, type Peer } from './peers.js'
import { type Result, runRounds } from './rounds.js'

/** What is compared unless `--only` says otherwise. */
const WORKLOADS: readonly string[] = [
  'lines-50',
  'in-flight',
  'telnet',
  'login',
  'broadcast-1000',
  'connections',
]

export async function compareRace(name: string, options: Options): Promise<void> {
  const both = buildBoth(name)
  const { current, earlier: revision } = both
  compileBenchmarks()
  for (const remark of revision.remarks) console.log(remark)
  if (!options.only) await compareMicro(both, { rounds: options.rounds, ms: 100, rooms: [] })
  const { pinning } = machine()
  const earlier: Peer = { ...mara, name: 'earlier', label: revision.label, package: revision.package }
  const versions = [mara, earlier, maraAgain]
  const chosen = options.workloads.filter(
    (one) => one.peers === undefined && (options.only || WORKLOADS.includes(one.name)),
  )
  const heats = chosen.map((workload) => ({ workload, peers: versions }))
  const setup = { ...options, pinning, compiled: COMPILED, package: current.package }
  console.log(`\nThe race: this tree against ${revision.label}. ${options.rounds} rounds. ${pinning.remark}`)
  if (options.rounds < LEAST_ROUNDS) console.log(`With fewer than ${LEAST_ROUNDS} rounds, all is noise.`)
  const results = await runRounds(heats, {
    rounds: options.rounds,
    measure: (peer, workload) => measure(peer, workload, setup),
  })
  for (const result of results) console.log(told(result, earlier))
}

/** A line for the rate, or the memory, and one for the processor time. */
export function told({ workload, samples }: Result, earlier: Peer): string {
  const of = (peer: Peer) => samples.get(peer) ?? []
  const line = (what: string, figure: (peer: Peer) => number[]): string => {
    const { ratio, verdict, chance } = compare(figure(mara), figure(maraAgain), figure(earlier))
    const says = { more: 'MORE', less: 'LESS', noise: 'noise' }[verdict]
    return (
      `  ${what.padEnd(22)} ${ratio.toFixed(3)} of the earlier one   ${says.padEnd(6)}` +
      ` (this tree against itself: ${chance.low.toFixed(3)} to ${chance.high.toFixed(3)})`
    )
  }
  const lines = [`\n${workload.title}`]
  if (workload.kind === 'idle') {
    lines.push(line('memory a client', (peer) => of(peer).map(({ memory = Number.NaN }) => memory)))
  } else {
    lines.push(
      line(`${workload.unit} a second`, (peer) => of(peer).map(({ count, seconds }) => count / seconds)),
    )
    lines.push(
      line(`CPU a ${workload.one}`, (peer) =>
        of(peer).map(({ serverTime = Number.NaN, count }) => serverTime / count),
      ),
    )
  }
  return lines.join('\n')
}
