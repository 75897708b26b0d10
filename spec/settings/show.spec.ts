import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { kindOf, plain, show, showWithType } from '../../lib/settings/show.js'

const shows = suite('settings/show')

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const painting = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

shows('lets no control character out, whatever the text', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(fc.property(text, (value) => assert.not(painting.test(plain(value)))))
  fc.assert(
    fc.property(fc.anything({ maxDepth: 2, maxKeys: 3 }), (value) => assert.not(painting.test(show(value)))),
  )
})

shows('leaves ordinary text as it is', () => {
  assert.is(plain('grüße, 世界 🙂'), 'grüße, 世界 🙂')
  assert.is(plain('a\u001b[2Jb\n'), 'a\\x1b[2Jb\\n')
})

shows('leaves out names and passwords of URLs, wherever they stand', () => {
  for (const [text, shown] of [
    ['redis://bob:hunter2@db.example:6379/1', 'redis://***@db.example:6379/1'],
    ['at store: rediss://:hun@ter2@[::1]/', 'at store: rediss://***@[::1]/'],
    ['libsql+http://hunter2@host and ws://ok/', 'libsql+http://***@host and ws://ok/'],
    ['mail bob@example.org or see http://host/a@b', 'mail bob@example.org or see http://host/a@b'],
  ] as const) {
    assert.is(plain(text), shown)
    assert.is(show(text), JSON.stringify(shown))
    assert.is(show([text]), JSON.stringify([shown]))
  }
})

shows('tells a number from its text', () => {
  assert.is(showWithType('7000'), 'string "7000"')
  assert.is(showWithType(7000), 'number 7000')
  assert.is(showWithType(Number.NaN), 'number NaN')
  assert.is(showWithType(3n), 'bigint 3n')
  assert.is(showWithType(['a']), 'array ["a"]')
  assert.is(showWithType(null), 'null')
  assert.is(
    showWithType(() => 1),
    'a function',
  )
})

shows('shortens a long value, and survives one that is no JSON', () => {
  assert.ok(show('x'.repeat(10_000)).length < 100)
  const loop: Record<string, unknown> = {}
  loop.self = loop
  assert.is(show(loop), 'an object')
})

shows('names a kind without the value', () => {
  assert.equal([null, [], {}, 'x', 1].map(kindOf), ['null', 'array', 'object', 'string', 'number'])
})

shows.run()
