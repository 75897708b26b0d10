import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatRecord } from '../../lib/log/readable.js'
import { serializeError } from '../../lib/log/serialize.js'

const readable = suite('log/readable')

// A time of this machine's own zone, so that the spec holds in every zone.
const time = new Date(2026, 10, 22, 9, 5, 4).toISOString()
const record = { level: 'info', time, channel: 'client', msg: '#12 connected from 127.0.0.1' }
const stamp = '2026-11-22 09:05:04'

readable('writes local time, channel and message', () => {
  assert.is(formatRecord(record), `${stamp} client  #12 connected from 127.0.0.1\n`)
  assert.is(formatRecord({ ...record, channel: 'service', msg: 'x' }), `${stamp} service x\n`)
  assert.is(formatRecord({ ...record, channel: 'migration', msg: 'x' }), `${stamp} migration x\n`)
})

readable('marks warnings and errors before the channel, where no message can', () => {
  assert.is(formatRecord({ ...record, level: 'warn', msg: 'x' }), `${stamp} WARN client  x\n`)
  assert.is(formatRecord({ ...record, level: 'error', msg: 'x' }), `${stamp} ERROR client  x\n`)
  assert.is(formatRecord({ ...record, msg: 'ERROR client  x' }), `${stamp} client  ERROR client  x\n`)
})

readable('writes fields after the message', () => {
  const fields = { lines: 3, who: 'ann', text: 'a b', empty: '', quote: 'a"b', list: [1, 'x'], none: null }
  assert.is(
    formatRecord({ ...record, msg: 'x', fields }),
    `${stamp} client  x lines=3 who=ann text="a b" empty="" quote="a\\"b" list=[1,"x"] none=null\n`,
  )
})

function errorLines(error: Error): string[] {
  const lines = formatRecord({
    ...record,
    level: 'error',
    msg: 'Failed',
    fields: { error: serializeError(error) },
  })
  return lines.trimEnd().split('\n')
}

readable('writes an error below, with its frames, its facts and its causes', () => {
  const cause = new RangeError('inner', { cause: 'disk' })
  const lines = errorLines(Object.assign(new TypeError('outer', { cause }), { code: 'EX' }))
  assert.is(lines[0], `${stamp} ERROR client  Failed`)
  assert.is(lines[1], '    TypeError: outer code=EX')
  assert.match(lines[2] ?? '', /^ {8}at .*readable\.spec\.[jt]s/)
  const second = lines.indexOf('    caused by RangeError: inner')
  assert.ok(second > 2)
  assert.match(lines[second + 1] ?? '', /^ {8}at /)
  assert.is(lines.at(-1), '    caused by disk')
})

readable('writes the errors of an AggregateError below it', () => {
  const lines = errorLines(new AggregateError([new Error('one'), 'two'], 'both'))
  assert.ok(lines.includes('        holds Error: one'))
  assert.ok(lines.includes('        holds two'))
})

readable('lets no message of an error pass for a log line, nor for a frame of its stack', () => {
  const message = `bad\n${stamp} service forged\n    at forged (chat.ts:1:1)`
  const lines = errorLines(new Error(message))
  assert.is(lines[1], `    Error: bad\\n${stamp} service forged\\n    at forged (chat.ts:1:1)`)
  assert.is(lines.filter((line) => /^\s+at forged/.test(line)).length, 0)
  assert.match(lines[2] ?? '', /^ {8}at .*readable\.spec\.[jt]s/)
})

readable('keeps the frames of an error whose message was changed, or is empty, or is in its name', () => {
  const changed = new Error('before')
  // The engine writes the stack when it is first read.
  assert.match(changed.stack ?? '', /before/)
  changed.message = 'after '.repeat(1000)
  for (const error of [changed, new Error(''), new Error('E'), new RangeError('Error')]) {
    assert.match(errorLines(error)[2] ?? '', /^ {8}at .*readable\.spec\.[jt]s/)
  }
})

readable('begins a line with a time once a record, and any other with spaces, whatever is in it', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const painting = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
  const forged = fc.constantFrom(
    `\n${stamp} service forged`,
    '\n    at \u009b2J',
    '\r',
    '\u001b[2K',
    '\u009b2K',
    '\u2028',
    '\u202e',
    '\u007f',
  )
  const text = fc.array(fc.oneof(forged, fc.string({ unit: 'binary' }))).map((parts) => parts.join(''))
  const error = fc
    .record({ message: text, name: text, code: text, stack: text })
    .map(({ message, ...facts }) => {
      return serializeError(Object.assign(new Error(message, { cause: new Error(message) }), facts))
    })
  const fields = fc.dictionary(text, fc.oneof(text, error, fc.array(text), fc.dictionary(text, text)))
  fc.assert(
    fc.property(text, text, fields, (channel, msg, fields) => {
      const written = formatRecord({ ...record, channel, msg, fields })
      assert.ok(written.endsWith('\n'))
      const [first = '', ...rest] = written.slice(0, -1).split('\n')
      assert.ok(first.startsWith(`${stamp} `))
      for (const line of rest) assert.ok(line.startsWith('    '), JSON.stringify(line))
      assert.not(painting.test(written))
    }),
  )
})

readable.run()
