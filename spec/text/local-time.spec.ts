import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { localTime } from '../../lib/text/local-time.js'

test("a moment is told by this machine's time zone, to the second, in two digits each", () => {
  assert.is(localTime(new Date(2026, 2, 1, 4, 5, 9, 999)), '2026-03-01 04:05:09')
  assert.is(localTime(new Date(2026, 11, 31, 23, 59, 59)), '2026-12-31 23:59:59')
})

test.run()
