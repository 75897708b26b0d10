/**
 * The claim: speaking telnet costs plain text less than 5 % of throughput. The same service splits the same lines with the
 * setting `telnet` on and off; raw mode, which splits none, is there for comparison. `npm run bench -- telnet`
 */
import { parseArgs } from 'node:util'
import { median, run } from '../support/program.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '2' },
  },
})
const ROUNDS = Number(values.rounds)
const MS = Number(values.seconds) * 1000

const SERVERS = {
  telnet: 'lines, telnet on',
  plain: 'lines, telnet off',
  raw: 'raw mode: chunks, no lines',
} as const
type Server = keyof typeof SERVERS

interface Work {
  readonly title: string
  readonly clients: number
  readonly inFlight: number
}

const WORKS: readonly Work[] = [
  { title: '50 clients, one line at a time', clients: 50, inFlight: 1 },
  { title: '50 clients, 200 lines in flight', clients: 50, inFlight: 200 },
]

/** Lines a second. */
async function measure(server: Server, { clients, inFlight }: Work): Promise<number> {
  const served = run(new URL('./servers.ts', import.meta.url), server)
  const load = run(new URL('../core/load.ts', import.meta.url), await served.line(), clients, inFlight, MS)
  const { rate } = JSON.parse(await load.line())
  await load.end()
  await served.end()
  return rate
}

async function compare(work: Work): Promise<void> {
  const rates: Record<Server, number[]> = { telnet: [], plain: [], raw: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const order = Object.keys(SERVERS) as Server[]
    // Whoever comes first finds another machine than whoever comes last.
    if (round % 2 === 1) order.reverse()
    for (const server of order) rates[server].push(await measure(server, work))
  }
  // Round by round, so that a machine whose speed drifts does not bend the ratio.
  const ratio = (server: Server, other: Server): number =>
    median(rates[server].map((rate, i) => rate / (rates[other][i] ?? Number.NaN)))
  console.log(`\n${work.title}`)
  for (const [server, name] of Object.entries(SERVERS) as [Server, string][]) {
    const rate = Math.round(median(rates[server])).toLocaleString('en').padStart(11)
    console.log(`  ${name.padEnd(28)} ${rate}/s  ${ratio(server, 'plain').toFixed(3)} of telnet off`)
  }
  console.log(`  telnet costs ${((1 - ratio('telnet', 'plain')) * 100).toFixed(1)} %`)
}

console.log(`Node ${process.version}, ${ROUNDS} rounds in alternation, ${MS / 1000} s each; medians.`)
for (const work of WORKS) await compare(work)
