/** Rounds of microbenchmarks, a process each, and what is told of them. */
import path from 'node:path'
import { machine } from '../race/machine.js'
import { orderOf } from '../race/rounds.js'
import { COMPILED, ROOT } from '../support/build.js'
import { runCommand } from '../support/program.js'
import type { Both } from '../support/revision.js'
import { compare, LEAST_ROUNDS, summary } from '../support/statistics.js'
import type { Failed, Measured } from './case.js'

export interface MicroOptions {
  readonly rounds: number
  /** Milliseconds for each case in each round. */
  readonly ms: number
  /** All if none is named. */
  readonly rooms: readonly string[]
}

/** Of one version: by case, nanoseconds for each round. */
interface Figures {
  readonly times: Map<string, { readonly case: Measured; readonly nanoseconds: number[] }>
  readonly failed: Map<string, string>
}

/** Measures packages in alternation. @param folders of packages, the same one twice for a null comparison. */
async function measureAll(
  folders: readonly string[],
  { rounds, ms, rooms }: MicroOptions,
): Promise<Figures[]> {
  const { pinning } = machine()
  const all = folders.map((folder): Figures & { folder: string } => ({
    folder,
    times: new Map(),
    failed: new Map(),
  }))
  for (let round = 0; round < rounds; round++) {
    for (const { folder, times, failed } of orderOf(all, round)) {
      process.stderr.write(`microbenchmarks: round ${round + 1} of ${rounds}\n`)
      const child = path.join(COMPILED, 'micro/child.js')
      const program = runCommand([...pinning.server, process.execPath, child, folder, String(ms), ...rooms])
      const [measured, failures]: [Measured[], Failed[]] = JSON.parse(await program.line())
      await program.end()
      for (const one of measured) {
        const key = `${one.room}: ${one.name}`
        const known = times.get(key) ?? { case: one, nanoseconds: [] }
        known.nanoseconds.push(one.nanoseconds)
        times.set(key, known)
      }
      for (const { room, reason } of failures) failed.set(room, reason)
    }
  }
  return all
}

export async function showMicro(options: MicroOptions): Promise<void> {
  const [figures] = (await measureAll([ROOT], options)) as [Figures]
  console.log(
    `Node ${process.version}, ${options.rounds} rounds, a process each; medians, least and greatest.`,
  )
  for (const [key, { case: one, nanoseconds }] of figures.times) {
    const { median, low, high } = summary(nanoseconds)
    const spread = `(${low.toFixed(0)} to ${high.toFixed(0)})`
    console.log(`  ${key.padEnd(44)} ${median.toFixed(0).padStart(7)} ns a ${one.unit.padEnd(6)} ${spread}`)
  }
  failOn(figures)
}

/** This tree, the earlier revision, and this tree once more, which shows what chance does. */
export async function compareMicro({ current, earlier }: Both, options: MicroOptions): Promise<void> {
  const folders = [current.package, earlier.package, current.package]
  const [own, then, again] = (await measureAll(folders, options)) as [Figures, Figures, Figures]
  console.log(`\nMicrobenchmarks: time of this tree, of ${earlier.label}'s; ${options.rounds} rounds`)
  if (options.rounds < LEAST_ROUNDS) console.log(`With fewer than ${LEAST_ROUNDS} rounds, all is noise.`)
  for (const [key, { nanoseconds }] of own.times) {
    const old = then.times.get(key)?.nanoseconds
    if (old === undefined) continue
    console.log(`  ${key.padEnd(44)} ${toldOf(nanoseconds, old, again.times.get(key)?.nanoseconds ?? [])}`)
  }
  for (const [room, reason] of then.failed) {
    console.log(`  ${room}: left out, since ${earlier.label} can't be measured: ${reason}`)
  }
  failOn(own)
}

/** The ratio, what it means, and how far this tree is from itself. Times, so less is better. */
export function toldOf(own: readonly number[], earlier: readonly number[], again: readonly number[]): string {
  const { ratio, verdict, chance } = compare(own, again, earlier)
  const says = { more: 'SLOWER', less: 'FASTER', noise: 'noise' }[verdict]
  return `${ratio.toFixed(2)}  ${says.padEnd(6)}  (against itself ${chance.low.toFixed(2)} to ${chance.high.toFixed(2)})`
}

/** A room of this tree that can't be measured is a fault of its benchmark. */
function failOn({ failed }: Figures): void {
  for (const [room, reason] of failed) console.error(`${room} could not be measured: ${reason}`)
  if (failed.size > 0) process.exitCode = 1
}
