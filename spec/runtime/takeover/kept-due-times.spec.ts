import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { keptDueTimes } from '../../../lib/runtime/takeover/kept-due-times.js'

test('when a timer is due, and that it has ended, is kept for the next process, beside all else that is', () => {
  const kept = new Map([['every hour', 'not a timer']])
  const edge = {
    keep: (key: string, text: string) => kept.set(key, text).has(key),
    forget: (key: string) => void kept.delete(key),
  }
  const dueTimes = keptDueTimes(edge, kept)
  assert.is(dueTimes.get('every hour'), undefined)
  dueTimes.set('every hour', 3_600_000)
  dueTimes.set('once', 'ended')
  const next = keptDueTimes(edge, new Map(kept))
  assert.equal([next.get('every hour'), next.get('once')], [3_600_000, 'ended'])
  dueTimes.delete('every hour')
  dueTimes.delete('once')
  assert.equal([...kept], [['every hour', 'not a timer']])
})

test.run()
