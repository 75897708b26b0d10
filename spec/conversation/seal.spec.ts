import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { newKey, seal, unseal } from '../../lib/conversation/seal.js'

test('what was sealed is read again with the same key, and is never the same twice', () => {
  const key = newKey()
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.is(unseal(key, seal(key, text)), text)
      assert.not.equal(seal(key, text), seal(key, text))
    }),
  )
})

test('with another key, or where a byte was changed, it is refused', () => {
  const key = newKey()
  const sealed = seal(key, 'secret')
  assert.throws(() => unseal(newKey(), sealed))
  const bytes = Buffer.from(sealed, 'base64')
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes)
    changed[i] = (changed[i] as number) ^ 1
    assert.throws(() => unseal(key, changed.toString('base64')), `byte ${i}`)
  }
})

test.run()
