import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inWords } from '../../lib/text/duration.js'

test('a span is told in its largest whole unit', () => {
  for (const [ms, words] of [
    [0, 'a moment'],
    [999, 'a moment'],
    [1_000, '1 second'],
    [59_999, '59 seconds'],
    [60_000, '1 minute'],
    [3 * 60_000 + 59_999, '3 minutes'],
    [3_600_000, '1 hour'],
    [23.5 * 3_600_000, '23 hours'],
    [86_400_000, '1 day'],
    [400 * 86_400_000, '400 days'],
  ] as const) {
    assert.is(inWords(ms), words)
  }
})

test.run()
