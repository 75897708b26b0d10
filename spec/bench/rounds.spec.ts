// The machinery of the race without any time in it: who is measured when, and how often.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Sample } from '../../bench/race/load/job.js'
import { mara, maraAgain, peers } from '../../bench/race/peers.js'
import { figuresOf } from '../../bench/race/report/figures.js'
import { heatsOf, orderOf, runRounds } from '../../bench/race/rounds.js'
import { workloads } from '../../bench/race/workloads/index.js'
import { nullRace } from '../../bench/race/workloads/null.js'
import type { Workload } from '../../bench/race/workloads/workload.js'

const rounds = suite('bench/rounds')

function sample(more: Partial<Sample> = {}): Sample {
  return {
    count: 1_000,
    seconds: 1,
    serverTime: 500_000,
    loadTime: 400_000,
    bytes: 36_000,
    hash: 'a',
    ...more,
  }
}

rounds(
  'each round has everybody once, every second one backwards, and in the end all were first equally often',
  () => {
    const orders = [0, 1, 2, 3, 4, 5].map((round) => orderOf(['a', 'b', 'c'], round).join(''))
    assert.equal(orders, ['abc', 'cba', 'bca', 'acb', 'cab', 'bac'])
    for (const order of orders) assert.is([...order].sort().join(''), 'abc')
  },
)

rounds('two take turns in being first', () => {
  const firsts = [0, 1, 2, 3].map((round) => orderOf(['a', 'b'], round)[0])
  assert.equal(firsts.filter((first) => first === 'a').length, 2)
})

rounds('peers alternate within a workload, and workloads within a round', async () => {
  const [one, two] = workloads as [Workload, Workload]
  const heats = [one, two].map((workload) => ({ workload, peers: [mara, maraAgain] }))
  const course: string[] = []
  const results = await runRounds(heats, {
    rounds: 2,
    measure: async (peer, workload) => {
      course.push(`${workload.name} ${peer.name}`)
      return sample()
    },
  })
  assert.is(course.length, 8)
  assert.equal(
    course.map((step) => step.split(' ')[0]),
    [one, one, two, two, one, one, two, two].map(({ name }) => name),
  )
  for (const { samples } of results) for (const all of samples.values()) assert.is(all.length, 2)
})

rounds('no round begins for which there is no time', async () => {
  const [workload] = workloads as [Workload]
  const [result] = await runRounds([{ workload, peers: [mara] }], {
    rounds: 10,
    another: (done) => done < 3,
    measure: async () => sample(),
  })
  assert.is(result?.samples.get(mara)?.length, 3)
})

rounds('peers that send different bytes end the race, by name', async () => {
  const [workload] = workloads as [Workload]
  const race = runRounds([{ workload, peers: [mara, maraAgain] }], {
    rounds: 1,
    measure: async (peer) => sample({ hash: peer.name }),
  })
  await race.then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /peers sent different bytes: Mara \(.*\), Mara, again \(/),
  )
})

rounds('a null race runs the same program twice a round, each once as the first, and shows 1', async () => {
  const firsts: string[] = []
  let calls = 0
  const results = await runRounds(heatsOf(nullRace.slice(0, 1), peers), {
    rounds: 2,
    measure: async ({ name }) => {
      if (calls++ % 2 === 0) firsts.push(name)
      // A machine that gets slower and slower.
      return sample({ count: 1_000 - calls })
    },
  })
  assert.is(calls, 8)
  assert.is(firsts.filter((name) => name === 'mara').length, 2)
  const [figures] = results.map(figuresOf)
  assert.is(figures?.nullHolds, true)
  assert.equal(
    figures?.rows.map(({ ratio }) => ratio.median.toFixed(2)),
    ['1.00', '1.00'],
  )
})

rounds('the null race names two peers that differ in nothing but their names', () => {
  const { name, label, ...program } = mara
  const { name: otherName, label: otherLabel, ...other } = maraAgain
  assert.equal(program, other)
  assert.not.equal([name, label], [otherName, otherLabel])
})

rounds('only those who speak the wire take part, and every workload has its baseline', () => {
  for (const { workload, peers: those } of heatsOf(workloads, peers)) {
    assert.ok(
      those.some(({ name }) => name === workload.baseline),
      workload.name,
    )
    for (const peer of those) assert.ok(peer.speaks.includes(workload.wire), `${workload.name}: ${peer.name}`)
  }
})

rounds('a load that is busy while the server is not is said to be the limit', async () => {
  const [workload] = workloads as [Workload]
  const limited = async (server: number, load: number): Promise<boolean | undefined> => {
    const [result] = await runRounds([{ workload, peers: [mara] }], {
      rounds: 1,
      measure: async () => sample({ serverTime: server * 1_000_000, loadTime: load * 1_000_000 }),
    })
    return result && figuresOf(result).rows[0]?.loadWasTheLimit
  }
  assert.is(await limited(0.5, 0.97), true)
  assert.is(await limited(0.99, 0.97), false)
  assert.is(await limited(0.5, 0.5), false)
})

rounds.run()
