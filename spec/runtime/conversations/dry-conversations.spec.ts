// Steps in a service that no angel looks after.
import { connect, events, Service } from 'mara-ts'
import { step } from 'mara-ts/conversation'
import { Store } from 'mara-ts/storage'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { running } from '../../support/service.js'

const test = suite('runtime/dry-conversations')

class Note extends Store.define('note', { text: z.string().default('') }) {}

/** What `body` gives, or the error that it ends in, as a handler of `Connect` has it. */
async function inHandler(
  body: (client: events.Connect['client'], service: Service) => unknown,
  options: object = {},
): Promise<unknown> {
  const service = new Service(options)
  let result: unknown
  service.listen(events.Connect, async ({ client }) => {
    result = await Promise.resolve(body(client, service)).catch((error: unknown) => error)
    client.write('done')
  })
  await running(
    service,
    async () => {
      const ann = await connect(service)
      ann.write('one', 'two')
      for await (const line of ann) if (line === 'done') break
    },
    { store: 'memory' },
  )
  return result
}

test('a step whose result could not be restored is refused here, too', async () => {
  const error = (await inHandler(() => step('look up', () => new URL('http://x')))) as Error
  assert.is(error.name, 'StepError')
  assert.match(
    error.message,
    /^The result of the step 'look up' can't be restored as it is: it is a URL, [^:]*\.$/,
  )
})

test('a step may not ask its own client for a line here either', async () => {
  const error = (await inHandler((client) => step('ask', () => client.nextLine()))) as Error
  assert.match(error.message, /asks its own client for a line/)
})

test('clients and stored objects are results, and what steps give is what they gave', async () => {
  const found = await inHandler(async (client, service) => {
    const note = await service.stores.manager(Note).create('a')
    return [
      (await step('the client', () => client)) === client,
      (await step('a note', () => note)) === note,
      await step('a number', () => 5),
      await client.nextLine(),
      await step('again', ({ again }) => again),
    ]
  })
  assert.equal(found, [true, true, 5, 'one', false])
})

test('nothing is kept of a conversation, however long it is', async () => {
  const found = await inHandler(async (client) => {
    for (let i = 0; i < 3_000; i++) await step('count', () => i)
    return client.nextLine()
  })
  assert.is(found, 'one')
})

test.run()
