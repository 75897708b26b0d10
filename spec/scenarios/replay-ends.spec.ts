// Handlers that come farther in a replay than the process before: what they awaited there is at hand at once.
import { type Client, events, Service } from 'mara-ts'
import { step } from 'mara-ts/conversation'
import { Store } from 'mara-ts/storage'
import { connectTo, type Player } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { Stage } from '../../lib/testing/stage.js'

const test = suite('replay-ends')

interface Paid {
  paid?: number
}

/**
 * Plays on a service whose first process is lost while its handler awaits `slow`, which no later process has to wait for.
 *
 * @param handler of `Receive`.
 */
async function onSlowStage(
  handler: (
    client: Client<Paid>,
    line: string,
    slow: () => Promise<void>,
    service: Service<Paid>,
  ) => Promise<void>,
  body: (ann: Player) => Promise<void>,
): Promise<void> {
  let processes = 0
  let crashed: Promise<void> = Promise.resolve()
  const stage: Stage = new Stage(() => {
    processes += 1
    const service = new Service<Paid>()
    const slow = async (): Promise<void> => {
      if (processes > 1) return
      await stage.settle()
      crashed = stage.crash()
      await new Promise(() => {})
    }
    service.listen(events.Receive, ({ client, data }) => handler(client, data, slow, service))
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

test('what comes after such a wait is done as well as said: in client.state, in stored objects, by steps', async () => {
  class Account extends Store.define('account', { gold: z.number().default(10) }) {}
  const drawn: number[] = []
  await onSlowStage(
    async (client, _, slow, { stores }) => {
      const accounts = stores.manager(Account)
      const account = (await accounts.load('ann')) ?? (await accounts.create('ann'))
      await account.save()
      await client.ask('Pay? ')
      await slow()
      client.state.paid = (client.state.paid ?? 0) + 1
      account.gold -= 3
      const lot = await step('draw', () => drawn.push(1))
      client.write(`Paid ${client.state.paid}, ${account.gold} are left, lot ${lot}.`)
    },
    async (ann) => {
      ann.type('shop')
      await ann.sees('Pay? ')
      ann.type('yes')
      await ann.sees('Paid 1, 7 are left, lot 1.\n')
      ann.type('shop')
      await ann.sees('Pay? ')
      ann.type('yes')
      await ann.sees('Paid 2, 4 are left, lot 2.\n')
    },
  )
})

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

test('a handler that goes on at once has its end with its words, however many others go on', async () => {
  let gate: Promise<void> | undefined = new Promise(() => {})
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(events.Receive, async ({ client }) => {
      await step('wait', () => gate)
      client.write(`done ${client.id}`)
    })
    return service
  })
  await stage.start()
  // More than go on in one turn.
  const people: Player[] = []
  for (let i = 0; i < 250; i++) people.push(await connectTo(stage, { telnet: false }))
  for (const person of people) person.type('go')
  await stage.settle()
  gate = undefined
  let again: Promise<void> | undefined
  stage.onBytes = (bytes) => {
    // As soon as the last one's words have left.
    if (!bytes.includes('done 250')) return
    queueMicrotask(() => {
      again ??= stage.crash()
    })
  }
  await stage.crash()
  await stage.settle()
  await again
  await stage.settle()
  for (const [i, person] of people.entries()) {
    await person.sees(`done ${i + 1}`)
    await person.seesNothing()
  }
  await stage.stop()
})

test.run()
