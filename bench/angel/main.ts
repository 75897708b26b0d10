/**
 * Two claims: clients hardly notice a restart under the angel, and a service costs no more under it than without.
 *
 * The pause is what a client sees: from a line that it has sent to the answer, for all lines that were under way while
 * one process took over from the other. `npm run bench -- angel`
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { askAngel } from '../../lib/angel/index.js'
import type { Job, Sample } from '../race/load/job.js'
import { COMPILED, compileBenchmarks } from '../support/build.js'
import { run, runMara } from '../support/program.js'
import { median } from '../support/statistics.js'

const { values } = parseArgs({
  options: {
    restarts: { type: 'string', default: '10' },
    clients: { type: 'string', default: '100,1000,5000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
  },
})

/** Compiled, since a loader would slow each start of a worker. */
const SERVICE = join(COMPILED, 'angel/service.js')
/** Lines a second of all clients together: the pause is measured, and not how busy the machine can be. */
const LINES = 2_000

function start(guarded: boolean, ...settings: readonly string[]): ReturnType<typeof runMara> {
  const command = guarded ? ['angel', SERVICE, '--probation=0'] : ['run', SERVICE]
  return runMara(...command, ...settings)
}

/** By then a spare worker is loaded, and has learnt of those of so many clients that keep still, in milliseconds. */
const known = (clients: number): number => 8_000 + 2 * clients

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

async function pauses(clients: number): Promise<void> {
  const { program, port } = await start(true)
  const crowd = run(new URL('./crowd.ts', import.meta.url), port, clients, (clients / LINES) * 1_000)
  await crowd.line()
  const own: number[] = []
  const seen: number[] = []
  const took: number[] = []
  for (let i = 0; i < Number(values.restarts); i++) {
    await sleep(1_500)
    const restarted = await askAngel(SERVICE, 'restart')
    const to = Date.now()
    own.push(restarted.pause)
    took.push(restarted.took)
    await sleep(1_000)
    crowd.child.stdin?.write(`${to - restarted.pause} ${to}\n`)
    seen.push(...JSON.parse(await crowd.line()))
  }
  seen.sort((a, b) => a - b)
  const row = [
    `${clients.toLocaleString('en')} clients`.padEnd(16),
    `${at(seen, 0.5).toFixed(0).padStart(5)} ms median`,
    `${at(seen, 0.99).toFixed(0).padStart(5)} ms p99`,
    `${at(seen, 1).toFixed(0).padStart(5)} ms worst`,
    `  of ${seen.length} lines under way; the service stood still for ${Math.min(...own)} to ${Math.max(...own)} ms,`,
    `a restart took ${(median(took) / 1_000).toFixed(1)} s`,
  ]
  console.log(`  ${row.join('  ')}`)
  await crowd.end()
  await program.stop()
}

/** @returns when another worker than this one serves, in milliseconds since the epoch. */
async function servedAgain(before: number | undefined): Promise<number> {
  for (;;) {
    const { worker } = await askAngel(SERVICE, 'status')
    if (worker !== undefined && worker !== before) return Date.now()
    // Each question costs the angel time that clients wait: asked every 10 ms, they waited 100 ms longer.
    await sleep(50)
  }
}

/** What clients see when the worker is killed, and nothing was prepared for that but a spare worker, or not even that. */
async function kills(clients: number, spare: boolean, lines = LINES): Promise<void> {
  const seen: number[] = []
  for (let round = 0; round < Number(values.rounds); round++)
    seen.push(...(await kill(clients, spare, lines)))
  seen.sort((a, b) => a - b)
  console.log(
    `  ${clients.toLocaleString('en')} clients, ${lines} lines a second, ${spare ? 'with' : 'without'} a spare worker: ${at(seen, 0.5).toFixed(0)} ms median, ${at(seen, 1).toFixed(0)} ms worst, of ${seen.length} lines under way`,
  )
}

/** An angel of its own for each kill: after a second one within a minute it waits before it starts another worker. */
async function kill(clients: number, spare: boolean, lines: number): Promise<number[]> {
  const { program, port } = await start(true, ...(spare ? ['--spareWorker'] : []))
  const crowd = run(new URL('./crowd.ts', import.meta.url), port, clients, (clients / lines) * 1_000)
  await crowd.line()
  await sleep(known(clients))
  const { worker } = await askAngel(SERVICE, 'status')
  const from = Date.now()
  process.kill(worker as number, 'SIGKILL')
  const to = await servedAgain(worker)
  await sleep(2_000)
  crowd.child.stdin?.write(`${from} ${to}\n`)
  const waits: number[] = JSON.parse(await crowd.line())
  await crowd.end()
  await program.stop()
  return waits
}

/** Lines a second, and microseconds of processor time a line that all of the service's processes had. */
interface Rate {
  readonly rate: number
  readonly time: number
}

async function rate(guarded: boolean, clients: number, inFlight: number): Promise<Rate> {
  const { program, port } = await start(guarded)
  const { worker } = guarded ? await askAngel(SERVICE, 'status') : {}
  const duration = Number(values.seconds) * 1_000
  const job: Job = {
    kind: 'lines',
    wire: 'greet',
    clients,
    inFlight,
    warmUp: duration / 4,
    duration,
    port: Number(port),
    server: [program.child.pid, worker].filter((pid) => pid !== undefined),
  }
  const load = run(new URL('../race/load/main.ts', import.meta.url), JSON.stringify(job))
  const { count, seconds, serverTime }: Sample = JSON.parse(await load.line())
  await load.end()
  await program.stop()
  return { rate: count / seconds, time: (serverTime ?? Number.NaN) / count }
}

async function throughput(clients: number, inFlight: number): Promise<void> {
  const without: Rate[] = []
  const under: Rate[] = []
  for (let round = 0; round < Number(values.rounds); round++) {
    without.push(await rate(false, clients, inFlight))
    under.push(await rate(true, clients, inFlight))
  }
  const ratio = median(under.map(({ rate }, i) => rate / (without[i]?.rate ?? Number.NaN)))
  const format = (rates: Rate[]): string =>
    `${Math.round(median(rates.map(({ rate }) => rate))).toLocaleString('en')}/s (${median(rates.map(({ time }) => time)).toFixed(1)} µs a line)`
  console.log(
    `  ${clients} clients, ${inFlight} lines in flight: without ${format(without)}, under the angel ${format(under)}, ratio ${ratio.toFixed(2)}`,
  )
}

compileBenchmarks()
console.log(
  `Node ${process.version}; ${values.restarts} restarts; ${LINES} lines a second of all clients together.`,
)
if ('pause'.includes(values.only)) {
  console.log('\nPause: from a line to its answer, across a restart')
  for (const clients of values.clients.split(',')) await pauses(Number(clients))
}
if ('kills'.includes(values.only)) {
  console.log('\nKills: from a line to its answer, across a SIGKILL')
  for (const spare of [false, true]) await kills(1_000, spare)
  // Most of them keep still, as people do.
  for (const spare of [false, true]) await kills(5_000, spare, 500)
}
if ('throughput'.includes(values.only)) {
  console.log('\nThroughput, in alternation, medians')
  await throughput(1, 1)
  await throughput(50, 1)
  await throughput(50, 200)
  await throughput(500, 1)
}
