import { events, Service } from 'mara-ts'
import { step } from 'mara-ts/conversation'
import { everyRestartPoint, RestartPointError, type Scenario } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rejection } from '../support/service.js'

const test = suite('everyRestartPoint')

let lucky = 0
/** Draws a number, by a step or not. */
function dice(isStep: boolean): Scenario {
  return {
    service() {
      const service = new Service()
      service.listen(events.Connect, async ({ client }) => {
        const name = await client.ask('Name: ')
        const draw = (): number => ++lucky
        const number = isStep ? await step('draw', draw) : draw()
        client.write(`Welcome, ${name}.`)
        client.write(`${await client.ask('Guess: ')} ${number}`)
      })
      return service
    },
    async play(connect) {
      lucky = 0
      const ann = await connect('ann')
      await ann.sees('Name: ')
      ann.type('Ann')
      await ann.sees('Guess: ')
      ann.type('2')
      await ann.sees('2 1')
    },
  }
}

test('counts the moments of a conversation that survives all of them', async () => {
  for (const crash of [false, true]) assert.is(await everyRestartPoint(dice(true), { crash }), 3)
})

test('says at which moment somebody waits in vain', async () => {
  const error = (await rejection(everyRestartPoint(dice(false)))) as Error
  assert.instance(error, RestartPointError)
  assert.match(error.message, /^With a restart when ann had seen "Guess: " \(moment 2\): Expected "2 1"/)
})

test('what the service says of the restart itself makes no difference, where the text is given', async () => {
  const scenario: Scenario = {
    service() {
      const service = new Service()
      service.listen(events.Connect, async ({ client }) => client.write(await client.ask('Name: ')))
      service.listen(events.PreRestart, () => service.writeAll('Hold on. ☕'))
      return service
    },
    async play(connect) {
      const ann = await connect('ann')
      await ann.sees('Name: ')
      ann.type('Ann')
      await ann.sees('Ann\n')
    },
  }
  assert.instance(await rejection(everyRestartPoint(scenario)), RestartPointError)
  assert.is(await everyRestartPoint(scenario, { announcement: 'Hold on. ☕' }), 2)
  // Whatever else it says does.
  const error = (await rejection(everyRestartPoint(scenario, { announcement: 'Hold on.' }))) as Error
  assert.match(error.message, /Hold on/)
})

test('shows the first difference, and both sides of it', async () => {
  let processes = 0
  const scenario: Scenario = {
    service() {
      processes += 1
      const service = new Service()
      service.listen(events.Connect, async ({ client }) => {
        await client.ask('Name: ')
        client.write(`Welcome to process ${processes}.`, 'Bye.')
      })
      return service
    },
    async play(connect) {
      processes = 1
      const ann = await connect('ann', { telnet: false })
      await ann.sees('Name: ')
      ann.type('Ann')
      await ann.sees('Bye.')
    },
  }
  const error = (await rejection(everyRestartPoint(scenario, { crash: true }))) as Error
  assert.is(
    error.message,
    [
      'ann sees something else, from byte 25 on, with a crash when ann had seen "Name: " (moment 1).',
      'Without: Name: Welcome to process 1.\\r\\nBye.\\r\\n◀',
      'With:    Name: Welcome to process 2.\\r\\nBye.\\r\\n◀',
    ].join('\n'),
  )
})

test('only the moments of one client, and more than one blow at each', async () => {
  const { service, play } = dice(true)
  let started = 0
  const counted: Scenario = {
    service() {
      started += 1
      return service()
    },
    async play(connect) {
      const bob = await connect('bob')
      await bob.sees('Name: ')
      await play(connect)
    },
  }
  assert.is(await everyRestartPoint(counted, { of: 'ann', times: 3 }), 3)
  // Once for the whole, and for each moment one and three more.
  assert.is(started, 1 + 3 * 4)
})

test.run()
