import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { problemsOf, warningsOf } from '../../../lib/contrib/rooms/check.js'
import { planOf, room, world } from '../../cli/rooms/worlds.js'

const check = suite('contrib/rooms/check')

check('a world that holds together has neither problems nor warnings', () => {
  const plan = world({
    a: { north: 'b', up: 'c', west: { says: 'No.' } },
    b: { south: 'A' },
    c: { down: 'a' },
  })
  assert.equal([problemsOf(plan), warningsOf(plan)], [[], []])
})

check('exits that lead one way, odd ways back, dead ends, and rooms out of reach are warnings', () => {
  const plan = world({
    a: { north: 'b', east: 'c', south: 'd' },
    b: { west: 'a', south: 'a' },
    c: { north: 'a' },
    d: {},
    e: { up: 'e' },
    f: { down: { says: 'No.' } },
  })
  assert.equal(problemsOf(plan), [])
  assert.equal(warningsOf(plan), [
    'a.yaml, room "a", exit east: the way back from "c" is north, not west',
    'a.yaml, room "a", exit south: it leads one way to "d", which has no exit that leads back',
    'a.yaml, room "b", exit west: the way back from "a" is north, not east',
    'a.yaml, room "c", exit north: the way back from "a" is east, not south',
    'a.yaml, room "d": there is no way out of it',
    'a.yaml, room "f": there is no way out of it',
    'a.yaml, room "e": no way leads there from "a"',
    'a.yaml, room "f": no way leads there from "a"',
  ])
})

check('a room by itself needs no way out, but a name', () => {
  assert.equal(warningsOf(world({ a: {} })), [])
  assert.equal(warningsOf(planOf([room('a', {}, { name: ' ' })])), ['a.yaml, room "a": it has no name'])
})

check('without a known beginning nothing is out of reach', () => {
  const rooms = { a: { north: 'a' }, b: { north: 'b' } }
  assert.equal(warningsOf(world(rooms, { start: undefined })), [])
  assert.is(warningsOf(world(rooms)).length, 1)
})

check('of two rooms of one key the second is a problem, and the first is what exits lead to', () => {
  const plan = planOf([room('a', { north: 'b' }), room('b', { south: 'a' }), room('b', { down: 'z' })])
  assert.equal(problemsOf(plan), [
    'a.yaml, room "b": there is one in a.yaml, too',
    'a.yaml, room "b", exit down: it leads to the undefined room "z"',
  ])
  assert.equal(warningsOf(plan), [])
})

check('what is written in a file does not reach a terminal as control characters', () => {
  const plan = world({ a: { 'up\u001b[2J': 'b\u009b\u202e', N: 'a', [`x${'y'.repeat(500)}`]: 'a' } })
  const text = problemsOf(plan).join('\n')
  assert.not.match(text, /[^\n\P{C}]/u)
  assert.match(text, /exit up\\u\{1b\}\[2J: there is no such direction; there are north, south/)
  assert.match(text, /undefined room "b\\u\{9b\}\\u\{202e\}"/)
  assert.match(text, /exit N: there is no such direction; write north/)
  assert.ok(text.length < 1500)
})

check('a guard at an exit that is there is no problem', () => {
  const guards = [{ room: 'a', direction: 'north' }] as const
  assert.equal(problemsOf(world({ a: { north: 'a' } }, { guards })), [])
  assert.is(problemsOf(world({ a: { south: 'a' } }, { guards })).length, 1)
})

check.run()
