import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pinning, readCores } from '../../bench/race/machine.js'
import { limited, OptionError, readOptions } from '../../bench/race/options.js'
import { peers } from '../../bench/race/peers.js'
import { workloads } from '../../bench/race/workloads/index.js'
import type { Workload } from '../../bench/race/workloads/workload.js'

const options = suite('bench/options')

const read = (...words: string[]) => readOptions(words, workloads, peers)
const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name)

options('without options everything runs, and the results are written', () => {
  const all = read()
  assert.equal(names(all.workloads), names(workloads))
  assert.equal(names(all.peers), names(peers))
  assert.is(all.out, 'bench')
  assert.is(all.budget, Number.POSITIVE_INFINITY)
})

options('a race that is not whole does not write over the results unless told where to', () => {
  for (const word of ['--quick', '--only=login', '--peers=mara', '--clients=10', '--compare=HEAD']) {
    assert.is(read(word).out, undefined, word)
  }
  assert.is(read('--quick', '--out=here').out, 'here')
})

options('--quick is smaller in every way, and has a time', () => {
  const [quick, whole] = [read('--quick'), read()]
  assert.ok(quick.duration < whole.duration)
  assert.ok(quick.workloads.length < whole.workloads.length)
  assert.ok(quick.peers.length < whole.peers.length)
  assert.ok(quick.budget < 120)
})

options('a workload that --quick leaves out can still be named', () => {
  assert.equal(names(read('--quick', '--only=lines-5000').workloads), ['lines-5000'])
})

options('a workload with fewer clients says so in its title', () => {
  const crowd = workloads.find(({ name }) => name === 'crowd') as Workload
  assert.is(limited(crowd, 10_000), crowd)
  const smaller = limited(crowd, 900)
  assert.is(smaller.clients, 900)
  assert.match(smaller.title, /\[with 900 clients\]$/)
})

options('what is wrong is told with what there is', () => {
  const wrong = (pattern: RegExp, ...words: string[]) =>
    assert.throws(
      () => read(...words),
      (error: Error) => error instanceof OptionError && pattern.test(error.message),
    )
  wrong(/--only: there is no "lgoin"\. There are .*login/, '--only=lgoin')
  wrong(/--peers: there is no "rust"/, '--peers=rust')
  wrong(/--rounds takes a whole number/, '--rounds=1.5')
  wrong(/--seconds takes a number above 0/, '--seconds=0')
  wrong(/Usage: npm run bench/, '--fast')
  wrong(/--clients takes a number/, '--clients=')
})

options('lists of cores are read as the system writes them', () => {
  assert.equal(readCores('0-3,8\n'), [0, 1, 2, 3, 8])
  assert.equal(readCores('5'), [5])
  assert.equal(readCores(''), [])
})

options('server and load have a core each, and not two threads of one where there are others', () => {
  const siblings = (core: number) => [core - (core % 2), core - (core % 2) + 1]
  const { server, load, remark } = pinning([0, 1, 2, 3], true, siblings)
  assert.equal([server.at(-1), load.at(-1)], ['0', '2'])
  assert.match(remark, /core 0, the load to core 2\.$/)
  assert.match(pinning([0, 1], true, siblings).remark, /a thread of the same core/)
})

options('where processes cannot be pinned, the remark says why', () => {
  assert.equal(pinning([0, 1], false).server, [])
  assert.match(pinning([0, 1], false).remark, /no taskset/)
  assert.match(pinning([3], true).remark, /one core/)
})

options.run()
