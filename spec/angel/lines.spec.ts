import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LineReader } from '../../lib/angel/lines.js'

/** What a reader makes of chunks. */
function read(chunks: readonly Buffer[], maxLength = 8): string[] {
  const log: string[] = []
  const reader = new LineReader(maxLength, {
    line: (bytes) => void log.push(bytes.toString()),
    tooLong: () => void log.push('too long'),
  })
  for (const chunk of chunks) reader.push(chunk)
  return log
}

test('lines are the same at every cut, and one that is too long costs only itself', () => {
  const bytes = Buffer.from('one\n\ntwelve\nfar too long\nlast\nnot ended')
  const whole = ['one', '', 'twelve', 'too long', 'last', 'too long']
  assert.equal(read([bytes]), whole)
  for (let i = 0; i <= bytes.length; i++) assert.equal(read([bytes.subarray(0, i), bytes.subarray(i)]), whole)
  assert.equal(read([...bytes].map((byte) => Buffer.of(byte))), whole)
})

test('memory that is used again for the next chunk changes no line', () => {
  const memory = Buffer.from('abc')
  const log: string[] = []
  const reader = new LineReader(100, { line: (bytes) => void log.push(bytes.toString()), tooLong: () => {} })
  reader.push(memory)
  memory.write('xyz')
  reader.push(Buffer.from('\n'))
  assert.equal(log, ['abc'])
})

test.run()
