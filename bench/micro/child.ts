/**
 * Measures every case once, in this process: `node micro/child.js PACKAGE MS [ROOM ...]`. Prints `Measured` and `Failed`, as
 * JSON, an array each. A process for each round: what the compiler makes of code differs from process to process.
 */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Bench } from 'tinybench'
import type { Case, Failed, Load, Measured } from './case.js'
import { rooms } from './rooms/index.js'

const [root = '', ms, ...names] = process.argv.slice(2)
const load: Load = (file) => import(pathToFileURL(path.join(root, 'dist', file)).href)

const measured: Measured[] = []
const failed: Failed[] = []
for (const room of rooms) {
  if (names.length > 0 && !names.includes(room.name)) continue
  try {
    for (const one of await room.cases(load)) {
      measured.push({ room: room.name, unit: room.unit, name: one.name, nanoseconds: await timed(one) })
    }
  } catch (error) {
    failed.push({ room: room.name, reason: String(error) })
  }
}
process.stdout.write(`${JSON.stringify([measured, failed])}\n`, () => process.exit())

/** Nanoseconds a unit. */
async function timed(one: Case): Promise<number> {
  const did = await one.run()
  if (did !== one.units) throw new Error(`${one.name}: it did ${did} of ${one.units}`)
  const time = Number(ms)
  const bench = new Bench({ time, warmupTime: time / 2, warmup: true, throws: true })
  bench.add(one.name, one.run.bind(one))
  const [task] = await bench.run()
  const result = task?.result
  if (result === undefined || !('latency' in result)) throw new Error(`${one.name}: it was not measured`)
  return (result.latency.p50 * 1_000_000) / one.units
}
