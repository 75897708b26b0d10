import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Angel } from '../../lib/angel/angel.js'
import { VERSION } from '../../lib/edge/frames.js'
import { rejection } from '../support/service.js'
import { fixture } from './support.js'

const test = suite('angel/angel')

test('a worker of a release that the angel does not understand is told of, and is not let in', async () => {
  const angel = new Angel(() => ({ execArgv: [], args: [fixture('foreign').replace(/ts$/, 'js')] }))
  angel.start()
  const error = await rejection(angel.restart())
  assert.match((error as Error).message, `releases that do not understand each other (99 and ${VERSION})`)
  await angel.stop()
})

test('a new version that can not even be started is refused with the reason, be that said at once or later', async () => {
  const angel = new Angel(() => ({ execArgv: ['-e', 'setInterval(() => {}, 1e9)'], args: [] }))
  angel.start()
  const { execPath } = process
  for (const path of ['/nowhere/node', `/${'x'.repeat(10_000)}`]) {
    process.execPath = path
    const refused = rejection(angel.preflight())
    process.execPath = execPath
    assert.match(((await refused) as Error).message, /^The restart failed: it could not be started: /)
  }
  const ended = angel.stop()
  angel.kill()
  await ended
})

test.run()
