// By tsx: the race compiles its programs from their sources.
// The race itself, with whole processes and tiny sizes. What it measures is not looked at, only that it measures.

import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { measure, type Setup } from '../../bench/race/measure.js'
import { mara, maraAgain, type Peer, peers } from '../../bench/race/peers.js'
import { heatsOf, runRounds } from '../../bench/race/rounds.js'
import { workloads } from '../../bench/race/workloads/index.js'
import type { Workload } from '../../bench/race/workloads/workload.js'
import { compileBenchmarks, compilePackage, ROOT } from '../../bench/support/build.js'

const race = suite('bench/race')

/** In the repository, so that the compiled programs find its packages. */
const folder = path.join(ROOT, '.bench', `spec-${process.pid}`)
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const setup: Setup = {
  warmUp: 1,
  duration: 1,
  compiled: folder,
  package: folder,
  pinning: { server: [], load: [], remark: '' },
}

/** The hash of no bytes at all. */
const NOTHING = createHash('sha256').digest('hex')

race.before(() => {
  mkdirSync(folder, { recursive: true })
  compileBenchmarks(folder)
  compilePackage(path.join(folder, 'dist'))
  cpSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'))
})

function small(name: string): Workload {
  const workload = workloads.find((one) => one.name === name) as Workload
  return { ...workload, clients: 3, inFlight: Math.min(workload.inFlight, 5) }
}

const named = (...names: string[]): Peer[] => peers.filter(({ name }) => names.includes(name))

race(
  'lines, logins and broadcasts are done by Mara, and the bytes are those of a splitter in a callback',
  async () => {
    const names = ['lines-50', 'login', 'broadcast-1000']
    const heats = heatsOf(names.map(small), named('mara', 'callback'))
    const results = await runRounds(heats, {
      rounds: 1,
      measure: (peer, workload) => measure(peer, workload, setup),
    })
    for (const { workload, samples } of results) {
      assert.is(samples.size, 2)
      for (const [{ label }, [sample]] of samples) {
        assert.ok(sample && sample.count > 0, `${workload.name}: ${label}`)
        assert.ok(sample?.hash !== NOTHING, `${workload.name}: ${label}`)
      }
    }
  },
)

race('connections, telnet and the angel are raced, and Mara under its second name', async () => {
  for (const [workload, peer] of [
    ['connections', maraAgain],
    ['telnet', mara],
    ['lines-1', ...named('mara-angel')],
  ] as const) {
    const sample = await measure(peer as Peer, small(workload), setup)
    assert.ok(sample.count > 0, workload)
  }
})

race('a server that answers one wrong byte ends the race', async () => {
  // It knows no telnet, so it sends back what had to be taken out.
  const [deaf] = named('bytes') as [Peer]
  await measure(deaf, small('telnet'), setup).then(
    () => assert.unreachable(),
    (error: Error) =>
      assert.match(error.message, /node:net, no lines, Telnet mode.*it failed, and with it the race/),
  )
})

race('a server that does not start ends the race', async () => {
  const broken: Peer = { ...mara, label: 'broken', settings: ['--nonsense'] }
  await measure(broken, small('lines-1'), setup).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /^broken, 1 client/),
  )
})

race.run()
