/**
 * The fuzzer: `npm run fuzz -- --seconds 60`, with `--seed N` from a given case on. It ends with 1 where a case has failed,
 * and says how to run it again.
 */
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.js'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
})
const seconds = Number(values.seconds)
const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed)
if (!(seconds >= 0) || !Number.isSafeInteger(seed)) {
  console.error('usage: npm run fuzz -- [--seconds N] [--seed N]')
  process.exit(2)
}

console.log(`seed ${seed}, ${seconds} s`)
const { cases, sessions, bytes, served, peak, failures } = await fuzz({ seed, seconds })
console.log(
  `${cases} cases, ${sessions} hostile clients, ${(bytes / 1e6).toFixed(1)} MB sent; ` +
    `honest clients served ${served} times; at most ${Math.round(peak / 1e6)} MB in use`,
)
for (const { seed, what, alone } of failures) {
  console.log(`FAILED at seed ${seed}: ${what}\n${alone}\nagain: npm run fuzz -- --seconds 0 --seed ${seed}`)
}
process.exitCode = failures.length > 0 ? 1 : 0
