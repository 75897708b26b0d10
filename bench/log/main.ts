/**
 * The claim: a log that is turned off costs nothing in the hot path.
 *
 * The same lines go through the same service in this process, without sockets: with all logging off, with the channels
 * that are on by default (none of them speaks for each line), and with an event's line for each of them, for comparison.
 * In alternation; medians and ratios. `npm run bench -- log`
 */
import { PassThrough } from 'node:stream'
import { parseArgs } from 'node:util'
import { events, memoryPair, Service } from 'mara-ts'
import { pino } from 'pino'
import { median } from '../support/statistics.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    lines: { type: 'string', default: '100000' },
  },
})
const ROUNDS = Number(values.rounds)
const LINES = Number(values.lines)
const CHUNK = Buffer.from('The quick brown fox said: 12345678\n'.repeat(200))

/** Lines a second through a service that logs so. */
async function measure(log: boolean | object): Promise<number> {
  const service = new Service()
  let count = 0
  service.listen(events.Receive, () => void count++)
  await service.start({ servers: [], log: log as boolean, telnet: false })
  const [ours, theirs] = memoryPair()
  service.accept(ours)
  const from = performance.now()
  while (count < LINES) {
    if (theirs.write(CHUNK)) await new Promise(setImmediate)
    else await new Promise((resolve) => theirs.once('drain', resolve))
  }
  const rate = (count / (performance.now() - from)) * 1000
  theirs.destroy()
  await service.stop({ drain: 0 })
  return rate
}

/** A pino logger whose lines go nowhere, at a level that takes in events. */
function everything(): object {
  const sink = new PassThrough()
  sink.resume()
  return pino({ level: 'trace' }, sink)
}

const WAYS: [name: string, log: () => boolean | object][] = [
  ['log: false', () => false],
  ['log: true (the default)', () => true],
  ['every event logged', everything],
]

const rates = new Map<string, number[]>()
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, log] of WAYS) rates.set(name, [...(rates.get(name) ?? []), await measure(log())])
}

const silent = rates.get('log: false') as number[]
console.log(`Node ${process.version}, ${LINES} lines a round, medians of ${ROUNDS} rounds in alternation`)
for (const [name, all] of rates) {
  const ratio = median(all.map((rate, i) => rate / (silent[i] as number)))
  console.log(
    `  ${name.padEnd(26)} ${Math.round(median(all)).toLocaleString('en').padStart(12)}/s  ${ratio.toFixed(2)} of silence`,
  )
}
process.exit()
