import { readdirSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Reserve } from '../../lib/angel/reserve.js'

/** How many descriptors this process has open. */
const open = (): number => readdirSync('/proc/self/fd').length

test('what is put by is free while it is spent, and put by again afterwards, whatever happens', () => {
  const before = open()
  const reserve = new Reserve()
  reserve.fill()
  const filled = open()
  assert.ok(filled > before)
  assert.is(reserve.spend(open), before)
  assert.is(open(), filled)
  assert.throws(
    () =>
      reserve.spend(() => {
        throw new Error('no worker')
      }),
    /no worker/,
  )
  assert.is(open(), filled)
  reserve.fill()
  assert.is(open(), filled, 'a full one takes no more')
  reserve.release()
  assert.is(open(), before)
})

test.run()
