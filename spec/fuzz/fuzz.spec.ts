/** A short run of the fuzzer, and that it would notice. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fuzz, sessionsOf } from './fuzz.js'
import { size } from './grammar.js'

for (const seed of [1, 1_000, 1_000_000]) {
  test(`hostile clients harm neither the service nor the honest client beside them; from seed ${seed} on`, async () => {
    const report = await fuzz({ seed, seconds: 2 })
    assert.equal(report.failures, [])
    assert.ok(report.served > 0 && report.bytes > 0, JSON.stringify(report))
  })
}

test('a seed gives the same clients every time, and another seed others', () => {
  assert.equal(sessionsOf(7), sessionsOf(7))
  assert.not.equal(sessionsOf(7), sessionsOf(8))
  const sizes = Array.from({ length: 50 }, (_, seed) =>
    sessionsOf(seed).reduce((sum, one) => sum + size(one), 0),
  )
  assert.ok(Math.min(...sizes) > 0 && Math.max(...sizes) > 100_000, `${sizes}`)
})

test('a service that crashes is reported with the seed', async () => {
  const { failures } = await fuzz({
    seed: 5,
    seconds: 0,
    onCase: (_seed, target) => target.signal('SIGKILL'),
  })
  assert.is(failures.length, 1)
  assert.is(failures[0]?.seed, 5)
  assert.match(failures[0]?.what ?? '', 'it crashed: SIGKILL')
  assert.match(failures[0]?.alone ?? '', 'not at a fresh service')
})

test.run()
