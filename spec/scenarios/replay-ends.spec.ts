// Handlers that come farther in a replay than the process before: what they awaited there is at hand at once.
import { type Client, events, Service } from 'mara-ts'
import { step } from 'mara-ts/conversation'
import { connectTo, type Player } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Stage } from '../../lib/testing/stage.js'

const test = suite('replay-ends')

/**
 * Plays on a service whose first process is lost while its handler awaits `slow`, which no later process has to wait for.
 *
 * @param handler of `Receive`.
 */
async function onSlowStage(
  handler: (client: Client, line: string, slow: () => Promise<void>) => Promise<void>,
  body: (ann: Player) => Promise<void>,
): Promise<void> {
  let processes = 0
  let crashed: Promise<void> = Promise.resolve()
  const stage: Stage = new Stage(() => {
    processes += 1
    const service = new Service()
    const slow = async (): Promise<void> => {
      if (processes > 1) return
      await stage.settle()
      crashed = stage.crash()
      await new Promise(() => {})
    }
    service.listen(events.Receive, ({ client, data }) => handler(client, data, slow))
    service.listen(events.HandlerError, ({ error, event }) => {
      ;(event as events.Receive).client.write(String(error))
    })
    return service
  })
  await stage.start()
  const ann = await connectTo(stage)
  await body(ann)
  await crashed
  assert.is(processes, 2)
  await stage.stop()
}

test('the end of a handler is seen, though it comes within the replay', () =>
  onSlowStage(
    async (client, line, slow) => {
      await step('begin', () => 1)
      client.write(`Working on ${line}.`)
      await slow()
      client.write(`Done with ${line}.`)
    },
    async (ann) => {
      ann.type('one')
      await ann.sees('Working on one.\n')
      await ann.sees('Done with one.\n')
      ann.type('two')
      await ann.sees('Working on two.\n')
      await ann.sees('Done with two.\n')
      await ann.seesNothing()
    },
  ))

test('a prompt is seen to which a handler comes within the replay for the first time', () =>
  onSlowStage(
    async (client, line, slow) => {
      const what = await client.ask(`${line}? `)
      await slow()
      client.write(`${what} ${await client.ask('And now? ')}.`)
    },
    async (ann) => {
      ann.type('one')
      await ann.sees('one? ')
      ann.type('apples')
      await ann.sees('And now? ')
      ann.type('pears')
      await ann.sees('apples pears.\n')
      await ann.seesNothing()
    },
  ))

test('an error is told that a handler meets within the replay for the first time', () =>
  onSlowStage(
    async (client, line, slow) => {
      await client.ask(`${line}? `)
      await slow()
      throw new Error('no more apples')
    },
    async (ann) => {
      ann.type('one')
      await ann.sees('one? ')
      ann.type('apples')
      await ann.sees('Error: no more apples\n')
    },
  ))

test('what was written before a wait that the handler repeats is written once', async () => {
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(events.Receive, async ({ client, data }) => {
      await step('begin', () => 1)
      client.write(`Working on ${data}.`)
      for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve))
      client.write(`Done with ${data}.`)
    })
    return service
  })
  await stage.start()
  const ann = await connectTo(stage)
  ann.type('one')
  await ann.sees('Working on one.\n')
  await stage.crash()
  const { text } = await ann.sees('Done with one.\n')
  assert.not(text.includes('Working'))
  await stage.stop()
})

test.run()
