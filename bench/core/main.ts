/**
 * The claim: a handler that awaits lines costs about as much as plain `node:net`.
 *
 * All servers are measured in alternation in one run, since machines are noisy: quote the ratios. `npm run bench -- core`
 */
import { parseArgs } from 'node:util'
import { median, run } from '../support/program.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    idle: { type: 'string', default: '5000' },
    only: { type: 'string', default: '' },
  },
})
const ROUNDS = Number(values.rounds)
const MS = Number(values.seconds) * 1000

interface Work {
  readonly title: string
  readonly clients: number
  readonly inFlight: number
}

interface Figures {
  rate: number
  median: number
  p99: number
}

/** One server's figures under one load. */
async function measure(server: string, { clients, inFlight }: Work): Promise<Figures> {
  const served = run(new URL('./servers.ts', import.meta.url), server)
  const port = await served.line()
  const load = run(new URL('./load.ts', import.meta.url), port, clients, inFlight, MS)
  const figures = JSON.parse(await load.line())
  await load.end()
  await served.end()
  return figures
}

const SERVERS = ['bytes', 'callback', 'readline', 'mara', 'await'] as const

const NAMES: Record<(typeof SERVERS)[number], string> = {
  bytes: 'node:net, bytes echoed',
  callback: 'node:net, callback line splitter',
  readline: 'node:readline, for await',
  mara: 'Mara, Receive and an async handler',
  await: 'Mara, for await in Connect',
}

async function compare(work: Work, against: readonly (typeof SERVERS)[number][]): Promise<void> {
  const rounds: Record<string, Figures[]> = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const server of SERVERS) {
      const figures = await measure(server, work)
      rounds[server] = [...(rounds[server] ?? []), figures]
    }
  }
  console.log(`\n${work.title}`)
  for (const server of SERVERS) {
    const own = rounds[server] ?? []
    const rate = median(own.map((figures) => figures.rate))
    // Round by round, so that a machine whose speed drifts does not bend the ratio.
    const ratios = against.map((other) => {
      const ratio = median(own.map(({ rate }, i) => rate / (rounds[other]?.[i]?.rate ?? Number.NaN)))
      return `${ratio.toFixed(2)} of ${other}`
    })
    const latency = `${median(own.map((f) => f.median)).toFixed(2)} ms, p99 ${median(own.map((f) => f.p99)).toFixed(2)} ms`
    console.log(
      `  ${NAMES[server].padEnd(36)} ${Math.round(rate).toLocaleString('en').padStart(11)}/s  ${ratios.join(', ').padEnd(52)} ${latency}`,
    )
  }
}

/** Bytes of memory that each idle client costs. */
async function idle(server: string, clients: number): Promise<number> {
  const served = run(new URL('./servers.ts', import.meta.url), server)
  const port = await served.line()
  const memory = async (): Promise<number> => {
    served.child.stdin?.write('\n')
    return Number(await served.line())
  }
  // Once warm, so that code and pages which the first clients bring in are not counted.
  const first = run(new URL('./idle.ts', import.meta.url), port, 200)
  await first.line()
  const before = await memory()
  const crowd = run(new URL('./idle.ts', import.meta.url), port, clients)
  await crowd.line()
  const after = await memory()
  await crowd.end()
  await first.end()
  await served.end()
  return (after - before) / clients
}

const WORKS: (Work & { against: readonly (typeof SERVERS)[number][] })[] = [
  { title: '50 clients, one line at a time', clients: 50, inFlight: 1, against: ['bytes'] },
  { title: '500 clients, one line at a time', clients: 500, inFlight: 1, against: ['bytes'] },
  { title: '50 clients, 200 lines in flight', clients: 50, inFlight: 200, against: ['callback', 'readline'] },
]

console.log(`Node ${process.version}, ${ROUNDS} rounds in alternation, ${MS / 1000} s each; medians.`)
for (const work of WORKS) {
  if (work.title.includes(values.only)) await compare(work, work.against)
}
if ('idle'.includes(values.only)) {
  console.log(`\nMemory a client, ${values.idle} idle clients`)
  const costs: Record<string, number[]> = {}
  for (let round = 0; round < Math.min(ROUNDS, 3); round++) {
    for (const server of SERVERS)
      costs[server] = [...(costs[server] ?? []), await idle(server, Number(values.idle))]
  }
  for (const server of SERVERS) {
    console.log(
      `  ${NAMES[server].padEnd(36)} ${(median(costs[server] ?? []) / 1000).toFixed(1).padStart(8)} kB`,
    )
  }
}
