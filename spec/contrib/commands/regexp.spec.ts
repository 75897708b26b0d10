import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { execWithin, replaceWithin, SlowRegExpError } from '../../../lib/contrib/commands/regexp.js'

const test = suite('contrib/commands/regexp')

/** It takes twice as long with each further character. */
const SLOW = /^(a+)+$/
const LINE = `${'a'.repeat(40)}!`

/** Runs `body` with a process that seems to have had so much of the processor. @returns how often that was asked. */
function withProcessorTime(milliseconds: number, body: () => void): number {
  const { cpuUsage } = process
  let asked = 0
  process.cpuUsage = (before) => {
    if (before === undefined) return { user: 0, system: 0 }
    asked += 1
    return { user: milliseconds * 1_000, system: 0 }
  }
  try {
    body()
  } finally {
    process.cpuUsage = cpuUsage
  }
  return asked
}

test('what an expression gives is what it gives by itself', () => {
  assert.equal([...(execWithin(/^!(\S+) (\S+)$/, '!bob hi') ?? [])], ['!bob hi', 'bob', 'hi'])
  assert.is(execWithin(/^!(\S+) (\S+)$/, 'bob'), null)
  assert.is(replaceWithin(/^!(\S+) (\S+)$/, '!bob hi', 'tell $1 $2'), 'tell bob hi')
})

test('one that takes too long for a line is given up', () => {
  assert.throws(
    () => execWithin(SLOW, LINE),
    (error: unknown) => error instanceof SlowRegExpError,
  )
  // What came before is forgotten.
  assert.is(execWithin(SLOW, 'aaa')?.[0], 'aaa')
})

test('one is tried again where others had the processor in its time, and not for ever', () => {
  const expectSlow = (): void =>
    assert.throws(
      () => execWithin(SLOW, LINE),
      (error: unknown) => error instanceof SlowRegExpError,
    )
  assert.is(withProcessorTime(1, expectSlow), 5)
  assert.is(withProcessorTime(40, expectSlow), 1)
})

test.run()
