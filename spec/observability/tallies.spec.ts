import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EventTallies } from '../../lib/observability/tallies.js'

test('classes of one name share a tally, so that classes made without end take no memory', () => {
  const tallies = new EventTallies()
  for (let i = 0; i < 1_000; i++) tallies.of('Shout').events += 1
  assert.equal([...tallies], [['Shout', { events: 1_000, flights: { count: 0 } }]])
})

test('a handler that ends after its flight was forgotten takes nothing away', () => {
  const tallies = new EventTallies()
  const { flights } = tallies.of('Receive')
  flights.count += 1
  tallies.forgetFlights()
  assert.is(tallies.of('Receive').flights.count, 0)
  flights.count -= 1
  assert.is(tallies.of('Receive').flights.count, 0)
})

test.run()
