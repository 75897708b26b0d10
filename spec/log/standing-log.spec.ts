import { Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createLog } from '../../lib/log/index.js'
import { StandingLog } from '../../lib/log/standing-log.js'
import { Records } from '../support/records.js'

const test = suite('log/standing-log')

test('a channel is the same object before, during and after the life of a service, and writes while it lives', async () => {
  const service = new Service()
  const quests = service.log.channel('quests')
  const { info } = quests
  info('too early')
  assert.not.ok(quests.enabled)
  for (const life of ['first', 'second']) {
    const log = new Records()
    await service.start({ port: 0, log, store: 'memory' })
    assert.is(service.log.channel('quests'), quests)
    assert.ok(quests.enabled)
    info(`the ${life} life`, { life })
    quests.warn('careful')
    await service.stop()
    assert.equal(
      log.all
        .filter(({ channel }) => channel === 'quests')
        .map(({ level, message }) => `${level} ${message}`),
      [`info the ${life} life`, 'warn careful'],
    )
  }
})

test('to flush and to close it is to flush and to close the log of the moment', async () => {
  const log = new StandingLog(() => createLog({ log: false }))
  await log.flush()
  await log.close()
})

test.run()
