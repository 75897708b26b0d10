import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Expectation, receivedBytes, witnessHash } from '../../bench/race/load/expectation.js'

const expectation = suite('bench/expectation')

const wrong = (pattern: RegExp, body: () => void) =>
  assert.throws(body, (error: Error) => error.name === 'WireError' && pattern.test(error.message))

expectation('what is expected may come in any pieces, and is complete with its last byte', () => {
  const own = new Expectation(1, Buffer.from('hello\r\n'))
  assert.is(own.take(Buffer.from('hel')), false)
  assert.is(own.take(Buffer.from('lo\r')), false)
  assert.is(own.take(Buffer.from('\n')), true)
  own.next(Buffer.from('bye'))
  assert.is(own.take(Buffer.from('bye')), true)
})

expectation('one wrong byte is told with its place, whatever the length', () => {
  const own = new Expectation(7, Buffer.from('hello\r\n'))
  own.take(Buffer.from('he'))
  wrong(/^Client 7 received "L" where "lo\\r\\n" had to come\.$/, () => own.take(Buffer.from('lL')))
})

expectation('one byte too many is wrong, and so is one too few at the end', () => {
  const own = new Expectation(1, Buffer.from('ab'))
  wrong(/received "c" where nothing more had to come/, () => own.take(Buffer.from('abc')))
  own.take(Buffer.from('a'))
  wrong(/was disconnected where "b" had to come/, () => own.end())
  own.take(Buffer.from('b'))
  own.end()
})

expectation('the hash is of what the first connection of client 0 really received, up to 32 bytes', () => {
  const before = receivedBytes()
  const text = 'x'.repeat(40)
  new Expectation(0, Buffer.from(text)).take(Buffer.from(text))
  new Expectation(0, Buffer.from('y')).take(Buffer.from('y'))
  assert.is(witnessHash(), createHash('sha256').update('x'.repeat(32)).digest('hex'))
  assert.is(receivedBytes() - before, 41)
})

expectation.run()
