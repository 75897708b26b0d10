/** Programs that keep something of each client in an AsyncLocalStorage: a trace id for logs, a tenant, a transaction. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { events, Service } from 'mara-ts'
import { connectTo } from 'mara-ts/testing'
import { suite } from 'uvu'
import { deferred, running } from '../support/service.js'

const test = suite('AsyncLocalStorage')

test('what a handler runs in reaches no client that comes meanwhile', async () => {
  const storage = new AsyncLocalStorage<string>()
  const service = new Service()
  const gate = deferred()
  service.listen(events.Connect, ({ client }) => client.write(`welcome ${storage.getStore()}`))
  service.listen(events.Receive, ({ client, data }) =>
    storage.run(data, async () => {
      if (data === 'ann') await gate.promise
      client.write(`${data}: ${storage.getStore()}`)
    }),
  )
  service.listen(events.Receive, ({ client }) => client.write(`then ${storage.getStore()}`))
  await running(service, async () => {
    const ann = await connectTo(service)
    await ann.sees('welcome undefined')
    ann.type('ann')
    await ann.seesNothing()
    // Her handler asks for a turn, and bob comes before that turn begins.
    gate.resolve()
    await gate.promise
    const bob = await connectTo(service)
    await bob.sees('welcome undefined')
    bob.type('bob')
    await bob.sees('bob: bob\nthen undefined')
    await ann.sees('ann: ann\nthen undefined')
  })
})

test('what a handler enters reaches nobody who comes or speaks at the same time', async () => {
  const storage = new AsyncLocalStorage<number>()
  const service = new Service()
  const enter = ({ client }: { client: events.Connect['client'] }): void => {
    client.write(`before ${storage.getStore()}`)
    storage.enterWith(client.id)
  }
  service.listen(events.Connect, enter)
  service.listen(events.Receive, enter)
  await running(service, async () => {
    const people = await Promise.all([connectTo(service), connectTo(service), connectTo(service)])
    for (const one of people) await one.sees('before undefined')
    for (const one of people) one.type('hi')
    for (const one of people) await one.sees('before undefined')
  })
})

test.run()
