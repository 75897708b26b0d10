import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { InvalidKeyError, isKey, MAX_KEY_LENGTH, parseKey } from '../../lib/storage/index.js'

const test = suite('storage key')

test('a key is letters, digits, "_" and "-"', () => {
  for (const key of ['ann', 'a', '7', 'castle-gate_2', '-', '_', 'x'.repeat(MAX_KEY_LENGTH)]) {
    assert.is(parseKey(key), key)
    assert.ok(isKey(key))
  }
})

test('keys that differ only by case are one key', () => {
  assert.is(parseKey('Ann'), 'ann')
  assert.is(parseKey('ANN'), 'ann')
})

test('anything else is refused by name, with the reason', () => {
  const refused: [unknown, RegExp][] = [
    ['', /"".*empty/],
    ['..', /"\.\.".*letters/],
    ['.', /letters/],
    ['a/b', /"a\/b"/],
    ['a\\b', /letters/],
    ['a.b', /letters/],
    ['a b', /letters/],
    ['a\n', /letters/],
    ['a\u0000', /letters/],
    ['x'.repeat(300), /300 characters/],
    ['CON', /"CON".*Windows/],
    ['nul', /Windows/],
    ['Com7', /Windows/],
    ['lpt1', /Windows/],
    ['__proto__', /"__proto__".*member/],
    ['__PROTO__', /member/],
    ['constructor', /member/],
    ['jürgen', /letters/],
    ['\u212A', /letters/], // the Kelvin sign, whose lower case is a plain k
    ['\u0130', /letters/], // the Turkish capital I with a dot
    [undefined, /undefined/],
    [null, /null/],
    [7, /number/],
    [['ann'], /object/],
  ]
  for (const [name, message] of refused) {
    assert.not.ok(isKey(name))
    assert.throws(
      () => parseKey(name, 'key of user'),
      (error: unknown) =>
        error instanceof InvalidKeyError && message.test(error.message) && /key of user/.test(error.message),
      String(name),
    )
  }
})

test('names that only begin like a device of Windows are keys', () => {
  for (const key of ['console', 'com', 'com10', 'null', 'auxiliary']) assert.is(parseKey(key), key)
})

test('whatever is a key is safe as a file name, and stays the same when parsed again', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Za-z0-9_.-]*$/)),
      (name) => {
        if (!isKey(name)) return
        const key = parseKey(name)
        assert.match(key, /^[a-z0-9_-]{1,100}$/)
        assert.is(parseKey(key), key)
      },
    ),
  )
})

test.run()
