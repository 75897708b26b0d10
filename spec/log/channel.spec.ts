import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isLogger, type LoggerLike, nothing, openChannel, silentChannel } from '../../lib/log/channel.js'

const channel = suite('log/channel')

function recording() {
  const calls: unknown[][] = []
  const record =
    (level: string) =>
    (...args: unknown[]) =>
      void calls.push([level, ...args])
  const logger: LoggerLike = {
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
    child: () => logger,
  }
  return { calls, logger }
}

function levels(chosen: { info: boolean; debug: boolean }): unknown[] {
  const { calls, logger } = recording()
  const opened = openChannel(logger, chosen)
  for (const level of ['debug', 'info', 'warn', 'error'] as const) opened[level]('x')
  return calls.map(([level]) => level)
}

channel('writes info where it is chosen, debug where debug is chosen too, warnings and errors always', () => {
  assert.equal(levels({ info: true, debug: true }), ['debug', 'info', 'warn', 'error'])
  assert.equal(levels({ info: true, debug: false }), ['info', 'warn', 'error'])
  assert.equal(levels({ info: false, debug: true }), ['warn', 'error'])
  assert.equal(levels({ info: false, debug: false }), ['warn', 'error'])
})

channel('costs nothing where it is off: one shared function, and a plain boolean', () => {
  const { logger } = recording()
  const off = openChannel(logger, { info: false, debug: true })
  assert.is(off.info, nothing)
  assert.is(off.debug, nothing)
  assert.is(openChannel(logger, { info: true, debug: false }).debug, nothing)
  for (const level of ['debug', 'info', 'warn', 'error'] as const) assert.is(silentChannel[level], nothing)
  for (const each of [off, silentChannel]) {
    assert.equal(Object.getOwnPropertyDescriptor(each, 'enabled')?.value, false)
  }
  assert.is(openChannel(logger, { info: true, debug: false }).enabled, true)
})

channel('hands over the message as it stands, never as a format', () => {
  const { calls, logger } = recording()
  openChannel(logger, { info: true, debug: false }).info('100% %s %o', { a: 1 })
  assert.equal(calls, [['info', { a: 1 }, '100% %s %o']])
})

channel('hands over errors as data, so that any logger can write them', () => {
  const { calls, logger } = recording()
  openChannel(logger, { info: true, debug: false }).error('x', { error: new TypeError('bad') })
  const fields = calls[0]?.[1] as { error: { type: string; message: string; stack: string } }
  assert.is(fields.error.type, 'TypeError')
  assert.match(fields.error.stack, /channel\.spec\.[jt]s/)
})

channel('never throws: fields that cannot be read cost the fields, a broken logger the record', () => {
  const { calls, logger } = recording()
  const fields = {
    get broken() {
      throw new Error('x')
    },
  }
  openChannel(logger, { info: true, debug: false }).info('kept', fields)
  assert.is(calls[0]?.[2], 'kept')
  const broken: LoggerLike = {
    ...logger,
    error() {
      throw new Error('x')
    },
  }
  openChannel(broken, { info: true, debug: false }).error('lost')
  assert.is(calls.length, 1)
})

channel('takes a pino logger, and a child of one, for a logger; a console is none', () => {
  const logger = pino({ enabled: false })
  assert.ok(isLogger(logger))
  assert.ok(isLogger(logger.child({ a: 1 })))
  assert.not(isLogger(console))
  assert.not(isLogger(null))
  assert.not(isLogger('service'))
})

channel.run()
