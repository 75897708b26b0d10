// time limit: 600 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { crowd, fixture, guarded, problems } from './support.js'

const test = suite('angel/restart')

test('500 clients in full conversation come through three restarts: no line lost, doubled or out of order', () =>
  guarded(fixture('count'), async (service) => {
    const counters = await crowd(service.port, 500, 2)
    for (const counter of counters) counter.talk()
    const workers = new Set([await service.worker()])
    for (let i = 0; i < 3; i++) {
      workers.add((await service.restart()).worker)
    }
    await Promise.all(counters.map((counter) => counter.quiet()))
    assert.equal(problems(counters), [])
    assert.is(workers.size, 4)
    const lines = counters.reduce((sum, { received }) => sum + received, 0)
    assert.ok(lines > 500 * 10, `only ${lines} lines`)
    assert.not.match(service.run.out, /gone/)
    for (const counter of counters) counter.close()
  }))

test.run()
