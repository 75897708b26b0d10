import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compare, holdsOne, median, ratios, summary } from '../../bench/support/statistics.js'
import { Random } from '../support/random.js'

const statistics = suite('bench/statistics')

statistics(
  'the median is the middle one, or between the two in the middle; the order does not matter',
  () => {
    assert.is(median([3, 1, 2]), 2)
    assert.is(median([4, 1, 3, 2]), 2.5)
    assert.is(median([7]), 7)
    assert.ok(Number.isNaN(median([])))
  },
)

statistics('a summary has the least and the greatest beside the median', () => {
  assert.equal(summary([5, 1, 9]), { median: 5, low: 1, high: 9 })
})

statistics('ratios are taken round by round', () => {
  assert.equal(ratios([10, 40], [5, 10]), [2, 4])
  assert.equal(ratios([10, 40], [5]), [2], 'a round that the other has not had is left out')
})

const verdict = (own: number[], again: number[], earlier: number[]) => compare(own, again, earlier).verdict
const earlier = [100, 100, 100, 100]

statistics('a ratio within the spread of this tree against itself is noise, to either side', () => {
  assert.is(verdict([105, 106, 105, 104], [112, 105, 105, 104], earlier), 'noise')
  assert.is(verdict([95, 94, 95, 96], [88, 95, 95, 96], earlier), 'noise')
})

statistics('a ratio beyond that spread means something, if all rounds agree under both names', () => {
  assert.is(verdict([120, 125, 122, 121], [122, 124, 120, 121], earlier), 'more')
  assert.is(verdict([80, 82, 79, 81], [81, 81, 80, 82], earlier), 'less')
  assert.is(verdict([120, 122, 121, 120], [121, 122, 120, 121], [100, 100, 125, 100]), 'noise')
})

statistics('both names count: a change that only one of them shows is noise', () => {
  assert.is(verdict([120, 120, 120, 120], [99, 99, 99, 99], earlier), 'noise')
})

statistics('few rounds, and what was not measured, are noise', () => {
  assert.is(verdict([150, 150, 150], [150, 150, 150], [100, 100, 100]), 'noise')
  assert.is(verdict([], [], []), 'noise')
  assert.is(verdict([Number.NaN, 150, 150, 150], [150, 150, 150, 150], earlier), 'noise')
})

statistics('equal programs are told apart in fewer than 1 of 50 comparisons of five rounds', () => {
  const random = new Random(7)
  const rounds = () => Array.from({ length: 5 }, () => 100 * (1 + (random.below(1_000) / 1_000 - 0.5) / 5))
  let alarms = 0
  for (let i = 0; i < 2_000; i++) if (verdict(rounds(), rounds(), rounds()) !== 'noise') alarms += 1
  assert.ok(alarms < 40, String(alarms))
})

statistics('a null race holds if 1 lies between its least ratio and its greatest', () => {
  assert.ok(holdsOne([0.98, 1.02]))
  assert.ok(holdsOne([1, 1.1]))
  assert.not(holdsOne([1.01, 1.02]))
  assert.not(holdsOne([0.9, 0.99]))
})

statistics.run()
