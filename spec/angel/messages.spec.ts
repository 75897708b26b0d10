import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  Damage,
  formatForget,
  formatKeep,
  formatMessage,
  readAngelMessage,
  readWorkerMessage,
} from '../../lib/angel/messages.js'

/** A formatted message without its LF, as it is read. */
const line = (text: string): Buffer => {
  assert.ok(text.endsWith('\n') && text.indexOf('\n') === text.length - 1, 'a message is one line')
  return Buffer.from(text.slice(0, -1))
}

test('a message is read as it was written, whatever its texts hold', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(), (reason, request) => {
      const body = { request, reason }
      assert.equal(readAngelMessage(line(formatMessage('refused', body))), { name: 'refused', body })
      assert.equal(readWorkerMessage(line(formatMessage('failed', { reason }))), {
        name: 'failed',
        body: { reason },
      })
    }),
  )
})

test('what is kept is handed on byte by byte, and is cut off from where it came from', () => {
  const value = JSON.stringify({ text: 'é \u2028 "quoted"', tab: '\t' })
  const bytes = line(formatKeep('object:user/ann', value))
  const message = readWorkerMessage(bytes)
  bytes.fill(0)
  assert.equal(message, { name: 'keep', key: 'object:user/ann', value: Buffer.from(value) })
  assert.equal(readWorkerMessage(line(formatForget('connection:7'))), { name: 'forget', key: 'connection:7' })
})

test('no bytes whatever make the reader throw, and what is no message is told as damage', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      for (const read of [readWorkerMessage, readAngelMessage]) {
        const message = read(Buffer.from(bytes))
        assert.ok(message instanceof Damage || typeof message.name === 'string')
      }
    }),
  )
  const damaged = [
    '',
    ' ',
    'nonsense {}',
    'constructor {}',
    '__proto__ {}',
    'ready',
    'ready nothing',
    'ready 1',
    'closed {"connection":-1}',
    'closed {"connection":1.5}',
    'closed {"connection":"1"}',
    'listen {"request":1,"port":70000}',
    `failed {"reason":"${'x'.repeat(10_001)}"}`,
    'settings {"heartbeat":0}',
    'keep',
    'keep ',
    'keep key-without-value',
    'forget',
    `keep ${'k'.repeat(601)} {}`,
  ]
  for (const text of damaged) {
    const found = readWorkerMessage(Buffer.from(text))
    assert.instance(found, Damage, text)
    assert.ok((found as Damage).reason.length < 200, text)
  }
})

test('each side understands what the other one says, and not its own words', () => {
  assert.instance(readWorkerMessage(Buffer.from('stop {}')), Damage)
  assert.instance(readAngelMessage(Buffer.from('beat {}')), Damage)
})

test.run()
