// What `--compare` says of a change.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toldOf } from '../../bench/micro/rounds.js'
import { told } from '../../bench/race/compare.js'
import type { Sample } from '../../bench/race/load/job.js'
import { mara, maraAgain, type Peer } from '../../bench/race/peers.js'
import { workloads } from '../../bench/race/workloads/index.js'
import type { Workload } from '../../bench/race/workloads/workload.js'

const compare = suite('bench/compare')

const old = [100, 100, 100, 100]

compare('a time that grew beyond what chance does is slower, one that shrank faster, all else noise', () => {
  assert.match(
    toldOf([120, 121, 119, 120], old, [120, 121, 119, 120]),
    /^1\.20 {2}SLOWER {2}\(against itself 1\.00/,
  )
  assert.match(toldOf([80, 81, 79, 80], old, [81, 80, 80, 80]), /^0\.80 {2}FASTER /)
  assert.match(toldOf([101, 102, 100, 101], old, [100, 101, 99, 100]), /^1\.00 {2}noise .*1\.01 to 1\.01/)
})

const earlier: Peer = { ...mara, name: 'earlier', label: 'v1' }

function samples(rates: readonly number[], memory?: number): Sample[] {
  return rates.map((count) => ({
    count,
    seconds: 1,
    serverTime: 1_000_000,
    loadTime: 1,
    bytes: 1,
    hash: 'a',
    memory,
  }))
}

function tell(name: string, own: Sample[], then: Sample[], again: Sample[]): string {
  const workload = workloads.find((one) => one.name === name) as Workload
  return told(
    {
      workload,
      peers: [mara, earlier, maraAgain],
      samples: new Map([
        [mara, own],
        [earlier, then],
        [maraAgain, again],
      ]),
    },
    earlier,
  )
}

compare('a race says it of the rate and of the processor time, each by its own spread', () => {
  const text = tell('lines-50', samples([200, 202, 200, 200]), samples(old), samples([201, 200, 200, 200]))
  assert.match(text, /lines a second +2\.000 of the earlier one +MORE/)
  assert.match(text, /CPU a line +0\.500 of the earlier one +LESS/)
  assert.match(text, /against itself: 0\.995 to 1\.010/)
})

compare('where the tree differs from itself as much as from the earlier one, it is noise', () => {
  const text = tell('lines-50', samples([110, 111, 110, 110]), samples(old), samples([95, 130, 110, 110]))
  assert.match(text, /1\.100 of the earlier one +noise/)
})

compare('memory is compared as memory', () => {
  const text = tell('idle', samples(old, 2_000), samples(old, 1_000), samples(old, 2_000))
  assert.match(text, /memory a client +2\.000 of the earlier one +MORE/)
  assert.not.match(text, /CPU/)
})

compare.run()
