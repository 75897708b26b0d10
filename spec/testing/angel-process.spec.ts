// time limit: 200 s
// not measured: it starts processes by the hundred, and other specs reach the same lines.
// Real processes that are restarted and killed at each moment of a conversation.

import { everyRestartPoint, type ProgramScenario } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { built } from '../support/node.js'
import { hiding } from './hiding.js'

const test = suite('restart points of a program')

const fixture = (name: string): string => built(`spec/testing/fixtures/${name}.ts`)

const says = (word: string): ProgramScenario => ({
  program: fixture('forgetful'),
  async play(connect) {
    const ann = await connect('ann', { telnet: false, patience: 30_000 })
    ann.type(word)
    await ann.sees('said 1.')
    ann.type(word)
    await ann.sees('.')
  },
})

test('what outlives the process is seen by nobody, with a new angel for each moment', async () => {
  assert.is(await everyRestartPoint(says('state'), { crash: true }), 2)
})

test('what telnet agrees on is the same, too', async () => {
  for (const crash of [false, true]) assert.is(await everyRestartPoint(hiding(), { crash }), 4)
})

test('what is lost with the process is shown', async () => {
  const error = await everyRestartPoint(says('memory')).catch((error) => error)
  assert.is(error.code, 'MARA_RESTART_POINT')
  assert.match(error.message, /^ann sees something else.*with a restart when ann had seen "said 1\."/)
  assert.match(error.message, 'You have said 2.')
})

test('a program that fails is an error that shows what it printed', async () => {
  const error = await everyRestartPoint({ ...says('state'), program: fixture('broken') }).catch(
    (error) => error,
  )
  assert.is(error.code, 'MARA_PROGRAM_FAILED')
  assert.match(error.message, 'the flux capacitor is missing')
})

test.run()
