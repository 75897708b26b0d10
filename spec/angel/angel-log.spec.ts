import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { AngelLog } from '../../lib/angel/angel-log.js'
import { folder } from '../cli/support.js'

const messages = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { msg: string }).msg)

test('what is not urgent waits for the service to say where the log goes', async () => {
  const file = join(folder(), 'angel.log')
  const log = new AngelLog()
  log.info('one')
  log.info('two')
  log.choose({ logFile: file })
  log.info('three')
  await log.close()
  assert.equal(messages(file), ['one', 'two', 'three'])
})

test('another choice is followed, the same one changes nothing', async () => {
  const [first, second] = [join(folder(), 'first.log'), join(folder(), 'second.log')]
  const log = new AngelLog()
  log.choose({ logFile: first })
  log.warn('one')
  log.choose({ logFile: first })
  log.error('two', { worker: 7 })
  log.choose({ logFile: second })
  log.warn('three')
  await log.close()
  assert.equal(messages(first), ['one', 'two'])
  assert.equal(messages(second), ['three'])
})

test('a file that was renamed is left behind with the next choice, which each worker makes', async () => {
  const file = join(folder(), 'angel.log')
  const log = new AngelLog()
  log.choose({ logFile: file })
  log.warn('one')
  renameSync(file, `${file}.1`)
  log.warn('two')
  log.choose({ logFile: file })
  log.warn('three')
  await log.close()
  assert.equal(messages(`${file}.1`), ['one', 'two'])
  assert.equal(messages(file), ['three'])
})

test('a choice that fails leaves the log as it was', async () => {
  const file = join(folder(), 'angel.log')
  const log = new AngelLog()
  log.choose({ logFile: file })
  log.choose({ logFile: join(file, 'angel.log') })
  log.warn('still here')
  await log.close()
  assert.equal(messages(file), ['still here'])
})

test('one that was never used has nothing to close', async () => {
  await new AngelLog().close()
})

test.run()
