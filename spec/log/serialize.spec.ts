import { runInNewContext } from 'node:vm'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MaraError } from '../../lib/errors.js'
import { serializeError, serializeFields } from '../../lib/log/serialize.js'

const serialize = suite('log/serialize')

serialize('keeps the type, message and stack of an error', () => {
  class ChatError extends MaraError {
    readonly code = 'CHAT'
  }
  const { type, message, stack } = serializeError(new ChatError('no such room'))
  assert.is(type, 'ChatError')
  assert.is(message, 'no such room')
  assert.match(stack, /serialize\.spec\.[jt]s/)
})

serialize('keeps causes, and the errors of an AggregateError', () => {
  const cause = new Error('disk', { cause: 'gone' })
  const error = serializeError(new AggregateError([new Error('one'), 'two', { three: 3 }], 'many', { cause }))
  const inner = error.cause as ReturnType<typeof serializeError>
  assert.is(inner.message, 'disk')
  assert.is(inner.cause, 'gone')
  const errors = error.errors ?? []
  assert.is((errors[0] as Error).message, 'one')
  assert.equal(errors.slice(1), ['two', '[object Object]'])
})

serialize('ends where causes go round in a circle, or are many', () => {
  const error = new Error('round')
  error.cause = error
  assert.ok(JSON.stringify(serializeError(error)).length < 100_000)
  const many = new AggregateError(Array.from({ length: 1000 }, (_, i) => new Error(String(i))))
  assert.is(serializeError(many).errors?.length, 10)
})

serialize('keeps plain facts, and nothing that hangs on the error', () => {
  const client = { state: { diary: 'private' } }
  const error = Object.assign(new Error('x'), {
    code: 'EPIPE',
    errno: -32,
    fatal: true,
    client,
    list: ['private'],
  })
  const { code, errno, fatal, ...rest } = serializeError(error)
  assert.equal([code, errno, fatal], ['EPIPE', -32, true])
  assert.equal(Object.keys(rest).sort(), ['message', 'stack', 'type'])
})

serialize('hides facts that have the name of a secret, at any depth', () => {
  const cause = Object.assign(new Error('inner'), { password: 'hunter2' })
  const middle = new Error('middle', { cause })
  const error = new Error('outer', { cause: new Error('next', { cause: middle }) })
  const json = JSON.stringify(serializeError(Object.assign(error, { token: 'hunter2' })))
  assert.not.match(json, /hunter2/)
  assert.is(json.split('"***"').length - 1, 2)
})

serialize('survives an error that cannot be read', () => {
  const error = Object.defineProperty(new Error('x'), 'message', {
    get() {
      throw new Error('broken')
    },
  })
  assert.is(serializeError(error).message, 'an error that cannot be read')
})

serialize('finds errors under any field, from another realm too', () => {
  const foreign: Error = runInNewContext('new TypeError("far")')
  const fields = serializeFields({ a: 1, error: new Error('near'), other: foreign }) as Record<
    string,
    { type: string; message: string }
  >
  assert.equal([fields.error?.type, fields.error?.message], ['Error', 'near'])
  assert.equal([fields.other?.type, fields.other?.message], ['TypeError', 'far'])
  assert.is(fields.a as unknown, 1)
})

serialize('leaves fields without errors as they are, and shows a thrown undefined', () => {
  const fields = { a: 1 }
  assert.is(serializeFields(fields), fields)
  assert.equal(serializeFields({ error: undefined }), { error: 'undefined' })
})

serialize.run()
