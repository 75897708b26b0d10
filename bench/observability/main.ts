/**
 * What observing costs, and what it costs while nobody does. The same echo with nobody listening, with `stats()` read each
 * second, with metrics collected each second, and with a subscriber on the diagnostics channels.
 *
 * `npm run bench -- observability` compares them with each other. With `--before DIR`, a checkout of an earlier revision in
 * which `npm ci && npm run build` was run, the echo of that revision takes part, too.
 *
 * Lines a second are what counts on a machine of one's own. Where others use it too, the server's processor time a line
 * says more.
 */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Job, Sample } from '../race/load/job.js'
import { run } from '../support/program.js'
import { median } from '../support/statistics.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '2' },
    clients: { type: 'string', default: '50' },
    before: { type: 'string' },
    only: { type: 'string', default: '' },
  },
})
const ROUNDS = Number(values.rounds)
const MS = Number(values.seconds) * 1000

const CONTENDERS: Readonly<Record<string, string>> = {
  ...(values.before !== undefined && { before: 'the revision before' }),
  plain: 'nobody listens',
  stats: 'stats() each second',
  metrics: 'OpenTelemetry, collected each second',
  event: 'a subscriber of mara:event',
  handler: 'a subscriber of mara:handler, all of it',
}

interface Work {
  readonly title: string
  readonly handler: 'sync' | 'async'
  readonly inFlight: number
}

const WORKS: readonly Work[] = [
  { title: 'async handler, one line at a time', handler: 'async', inFlight: 1 },
  { title: 'async handler, 200 lines in flight', handler: 'async', inFlight: 200 },
  { title: 'plain handler, 200 lines in flight', handler: 'sync', inFlight: 200 },
]

interface Figures {
  /** Lines a second. */
  readonly rate: number
  /** Microseconds of processor time a line. */
  readonly cpu: number
}

async function measure(contender: string, { handler, inFlight }: Work): Promise<Figures> {
  const library =
    contender === 'before'
      ? pathToFileURL(path.resolve(values.before as string, 'dist/index.js')).href
      : 'mara-ts'
  const served = run(new URL('./service.ts', import.meta.url), contender, handler, library)
  const job: Job = {
    kind: 'lines',
    wire: 'echo',
    clients: Number(values.clients),
    inFlight,
    warmUp: MS / 4,
    duration: MS,
    port: Number(await served.line()),
    server: [served.child.pid as number],
  }
  const load = run(new URL('../race/load/main.ts', import.meta.url), JSON.stringify(job))
  const { count, seconds, serverTime }: Sample = JSON.parse(await load.line())
  await load.end()
  await served.stop()
  return { rate: count / seconds, cpu: (serverTime ?? Number.NaN) / count }
}

async function compare(work: Work): Promise<void> {
  const names = Object.keys(CONTENDERS)
  const found = new Map<string, Figures[]>(names.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    // Each begins a round in its turn, so that no one always comes after the same other.
    const order = names.map((_, i) => names[(i + round) % names.length] as string)
    for (const name of order) found.get(name)?.push(await measure(name, work))
  }
  const first = found.get(names[0] as string) as Figures[]
  console.log(`\n${work.title}, ${values.clients} clients; ratios to: ${CONTENDERS[names[0] as string]}`)
  for (const [name, own] of found) {
    // Round by round, so that a machine whose speed drifts does not bend the ratio.
    const ratio = (of: (figures: Figures) => number): string =>
      median(own.map((figures, i) => of(figures) / of(first[i] as Figures))).toFixed(3)
    const rate = Math.round(median(own.map(({ rate }) => rate))).toLocaleString('en')
    const cpu = median(own.map(({ cpu }) => cpu)).toFixed(2)
    console.log(
      `  ${(CONTENDERS[name] as string).padEnd(42)} ${rate.padStart(9)}/s (${ratio(({ rate }) => rate)})  ${cpu.padStart(6)} µs a line (${ratio(({ cpu }) => cpu)})`,
    )
  }
}

console.log(`Node ${process.version}; ${ROUNDS} rounds in alternation, ${values.seconds} s each; medians.`)
for (const work of WORKS) if (work.title.includes(values.only)) await compare(work)
