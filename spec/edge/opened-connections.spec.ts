import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { OpenFrame } from '../../lib/edge/frames.js'
import { OpenedConnections } from '../../lib/edge/opened-connections.js'
import { Relayed, type RelayHost } from '../../lib/edge/relayed-connection.js'
import { ORIGIN } from './wire.js'

const test = suite('edge/opened-connections')

function told(opened: OpenedConnections, id: number, state: string): Relayed {
  const frame: OpenFrame = {
    type: 'open',
    connection: id,
    ...ORIGIN,
    lastInput: 0,
    seen: 0,
    taken: 0,
    deaths: 0,
    state: Buffer.from(state),
    journal: Buffer.alloc(0),
  }
  const connection = new Relayed(frame, {} as RelayHost)
  opened.set(frame, connection)
  return connection
}

test('what has not been told anew is the same object', () => {
  const opened = new OpenedConnections()
  told(opened, 1, 'a')
  told(opened, 2, 'b')
  const [first, second] = opened.inherited()
  told(opened, 1, 'c')
  const [again, same] = opened.takeInherited()
  assert.is(same, second)
  assert.is.not(again, first)
  assert.is(again?.state, 'c')
})

test('they are as they came in, in whatever order they were told', () => {
  const opened = new OpenedConnections()
  for (const id of [3, 1, 2]) told(opened, id, 'x')
  told(opened, 1, 'y')
  assert.equal(
    opened.takeInherited().map(({ connection }) => connection.id),
    [1, 2, 3],
  )
  assert.equal(opened.takeInherited(), [])
})

test('those that nobody has served are left for later', () => {
  const opened = new OpenedConnections()
  told(opened, 1, '')
  told(opened, 2, 'x')
  const newcomer = told(opened, 3, '')
  opened.delete(1)
  assert.is(opened.takeInherited().length, 1)
  assert.equal(opened.takeRest(), [newcomer])
  assert.equal(opened.takeRest(), [])
})

test.run()
