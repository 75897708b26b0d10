import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isLedElsewhere, leadElsewhere, leadHere } from '../../lib/conversation/elsewhere.js'

test('a client is led elsewhere from when it is given away until it is taken back', () => {
  const [ann, bob] = [{}, {}]
  leadElsewhere(ann)
  assert.equal([isLedElsewhere(ann), isLedElsewhere(bob)], [true, false])
  leadHere(ann)
  assert.not.ok(isLedElsewhere(ann))
})

test.run()
