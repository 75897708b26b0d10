import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytes, lines, protocolFor } from '../../lib/protocol/index.js'

test('raw is short for one of the two protocols that come with the library', () => {
  assert.is(protocolFor({ raw: true }), bytes)
  assert.is(protocolFor({ raw: false }), lines)
})

test('a protocol goes before raw, and neither leaves the choice to the service', () => {
  assert.is(protocolFor({ protocol: lines, raw: true }), lines)
  assert.is(protocolFor({}), undefined)
})

test.run()
