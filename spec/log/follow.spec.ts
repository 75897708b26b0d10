import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LogFollowers } from '../../lib/log/follow.js'
import { createLog } from '../../lib/log/index.js'
import type { LogRecord } from '../../lib/log/readable.js'

const test = suite('log/follow')

const nowhere = { write: () => true }

function followed(): { followers: LogFollowers; records: LogRecord[]; end: () => void } {
  const followers = new LogFollowers()
  const records: LogRecord[] = []
  const end = followers.add((record) => records.push(record))
  return { followers, records, end }
}

test('a follower gets what is logged from now on, by channel and level, until it has enough', () => {
  const { followers, records, end } = followed()
  const log = createLog({ log: 'service', stream: nowhere }, followers)
  log.channel('service').info('one', { count: 1 })
  log.channel('client').info('is not logged')
  log.channel('client').warn('is logged all the same')
  end()
  log.channel('service').info('nobody follows')
  assert.equal(
    records.map(({ channel, level, msg, fields }) => ({ channel, level, msg, fields })),
    [
      { channel: 'service', level: 'info', msg: 'one', fields: { count: 1 } },
      { channel: 'client', level: 'warn', msg: 'is logged all the same', fields: undefined },
    ],
  )
})

test('no secret reaches a follower, though a logger of the program itself writes the log', () => {
  const { followers, records } = followed()
  const own = { debug() {}, info() {}, warn() {}, error() {}, child: () => own }
  createLog({ log: own }, followers).channel('service').info('login', { password: 'x', by: 'ann' })
  assert.equal(records[0]?.fields, { password: '***', by: 'ann' })
})

test('an output that fails keeps nothing from followers', () => {
  const { followers, records } = followed()
  const broken = () => {
    throw new Error('full')
  }
  const own = { debug: broken, info: broken, warn: broken, error: broken, child: () => own }
  createLog({ log: own }, followers).channel('service').info('hello')
  assert.is(records[0]?.msg, 'hello')
})

test.run()
