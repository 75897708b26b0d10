import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findSkipReasons, findTotals } from './totals.js'

const block = (total: number, passed: number, skipped: number): string =>
  `\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  1.25ms\n\n`

test('totals are found behind the marks of the tests', () => {
  assert.equal(findTotals(`• • ✘   (2 / 3)\n${block(3, 2, 1)}`), [{ total: 3, passed: 2, skipped: 1 }])
})

test('every block of totals is found', () => {
  assert.equal(findTotals(block(12, 12, 0) + block(1, 0, 0)), [
    { total: 12, passed: 12, skipped: 0 },
    { total: 1, passed: 0, skipped: 0 },
  ])
})

test('part of a block is no totals', () => {
  assert.equal(findTotals('\n  Total:     3\n  Passed:    3\n'), [])
  assert.equal(findTotals(''), [])
})

test('a reason for a skip is found at the start of a line, behind a mark and behind the name of a suite', () => {
  assert.equal(findSkipReasons('skipped: a\n• ✘ skipped: b c\n suite  skipped: d \n'), ['a', 'b c', 'd'])
})

test('a reason needs a text, and the word "skipped" inside a sentence gives none', () => {
  assert.equal(findSkipReasons('skipped:\nskipped: \none was skipped: no\n  Skipped:   1\n'), [])
})

test.run()
