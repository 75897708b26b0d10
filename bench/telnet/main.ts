/**
 * The claim: speaking telnet costs plain text less than 5 % of throughput. The same service splits the same lines with the
 * setting `telnet` on and off; raw mode, which splits none, is there for comparison. `npm run bench -- telnet`
 *
 * Lines a second are what counts on a machine of one's own. Where others use it too, the server's processor time a line
 * says more.
 */
import { parseArgs } from 'node:util'
import { median, run } from '../support/program.js'
import type { Spent } from './servers.js'

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

/** Characters of a line of the load's, without its ending. */
const LINE = 34

interface Figures {
  /** Lines a second. */
  readonly rate: number
  /** Microseconds of processor time a line, since the server started. */
  readonly cpu: number
}

async function measure(server: Server, { clients, inFlight }: Work): Promise<Figures> {
  const served = run(new URL('./servers.ts', import.meta.url), server)
  const port = await served.line()
  const spent = async (): Promise<Spent> => {
    served.child.stdin?.write('\n')
    return JSON.parse(await served.line())
  }
  const before = await spent()
  const load = run(new URL('../core/load.ts', import.meta.url), port, clients, inFlight, MS)
  const { rate } = JSON.parse(await load.line())
  await load.end()
  const after = await spent()
  await served.end()
  const lines = after.characters / (server === 'raw' ? LINE + 1 : LINE)
  return { rate, cpu: (after.cpu - before.cpu) / lines }
}

async function compare(work: Work): Promise<void> {
  const rounds: Record<Server, Figures[]> = { telnet: [], plain: [], raw: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const order = Object.keys(SERVERS) as Server[]
    // Whoever comes first finds another machine than whoever comes last.
    if (round % 2 === 1) order.reverse()
    for (const server of order) rounds[server].push(await measure(server, work))
  }
  const of = (server: Server, figure: keyof Figures): number => median(rounds[server].map((f) => f[figure]))
  // Round by round, so that a machine whose speed drifts does not bend the ratio.
  const ratio = (server: Server, figure: keyof Figures): number =>
    median(rounds[server].map((own, i) => own[figure] / (rounds.plain[i]?.[figure] ?? Number.NaN)))
  console.log(`\n${work.title}`)
  for (const [server, name] of Object.entries(SERVERS) as [Server, string][]) {
    const rate = Math.round(of(server, 'rate')).toLocaleString('en').padStart(11)
    console.log(
      `  ${name.padEnd(28)} ${rate}/s  ${ratio(server, 'rate').toFixed(3)} of telnet off    ` +
        `${of(server, 'cpu').toFixed(2).padStart(6)} µs a line  ${ratio(server, 'cpu').toFixed(3)} of telnet off`,
    )
  }
  const [less, more] = [1 - ratio('telnet', 'rate'), ratio('telnet', 'cpu') - 1]
  console.log(
    `  telnet costs ${(less * 100).toFixed(1)} % of throughput, ${(more * 100).toFixed(1)} % of processor time`,
  )
}

console.log(`Node ${process.version}, ${ROUNDS} rounds in alternation, ${MS / 1000} s each; medians.`)
for (const work of WORKS) await compare(work)
