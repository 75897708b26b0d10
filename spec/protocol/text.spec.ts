import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultLimits } from '../../lib/limits.js'
import { type ProtocolConnection, text } from '../../lib/protocol/index.js'

function setUp(maxLineLength = 20): {
  protocol: ProtocolConnection
  log: string[]
  type: (text: string) => void
} {
  const log: string[] = []
  const protocol = text.open(
    {
      deliver: (line) => log.push(`line ${line}`),
      reply: (data) => log.push(`reply ${data}`),
      telnetEvent: ({ type }) => log.push(`event ${type}`),
      limitExceeded: (limit) => log.push(`limit ${limit}`),
      close: () => log.push('close'),
    },
    { limits: { ...defaultLimits, maxLineLength }, sanitize: true },
  )
  return { protocol, log, type: (typed) => protocol.receive(Buffer.from(typed)) }
}

test('lines come as in line mode, and lose their control characters (rule 14)', () => {
  const { log, type } = setUp()
  type('on')
  type('e\ntwo\r\n\x1b[31mthr\x03ee\n')
  assert.equal(log, ['line one', 'line two', 'line [31mthree'])
})

test('a line that is too long is told and dropped whole (rule 19)', () => {
  const { log, type } = setUp()
  type(`${'x'.repeat(21)}\nnext\n`)
  assert.equal(log, ['reply That line is too long: at most 20 bytes.\n', 'limit maxLineLength', 'line next'])
})

test('each line break that goes out is one LF', () => {
  const { protocol } = setUp()
  assert.is(protocol.format('a', true), 'a\n')
  assert.is(protocol.format('a\r\nb\nc', true), 'a\nb\nc\n')
  assert.is(protocol.format('name: ', false), 'name: ')
})

test('a half line outlives a restart', () => {
  const before = setUp()
  before.type('one\nha')
  const after = setUp()
  after.protocol.restore(JSON.parse(JSON.stringify(before.protocol.save())))
  after.type('lf\n')
  assert.equal(after.log, ['line half'])
  assert.not(before.protocol.atRest)
  before.type('lf\n')
  assert.ok(before.protocol.atRest)
})

test.run()
