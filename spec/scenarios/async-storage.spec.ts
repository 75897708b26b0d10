/** Programs that keep something of each client in an AsyncLocalStorage: a trace id for logs, a tenant, a transaction. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { events, Service } from 'mara-ts'
import { connectTo } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
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

test('whoever stops the service reaches the Disconnect of nobody else', async () => {
  const storage = new AsyncLocalStorage<string>()
  const service = new Service()
  const stores: unknown[] = []
  const stopped = deferred<unknown>()
  service.listen(events.Receive, ({ data }) => {
    if (data === 'stop') storage.run('secret', () => stopped.resolve(service.stop({ drain: 0 })))
    return data === 'stop' ? undefined : new Promise(() => {})
  })
  service.listen(events.Disconnect, () => void stores.push(storage.getStore()))
  await service.start({ port: 0, log: false })
  const [ann, bob] = await Promise.all([connectTo(service), connectTo(service)])
  ann.type('for ever')
  await ann.seesNothing()
  bob.type('stop')
  await await stopped.promise
  assert.equal(stores, [undefined, undefined])
})

test('what is entered where a signal aborts, or a limit is met, reaches nobody who speaks at the same time', async () => {
  const storage = new AsyncLocalStorage<string>()
  const service = new Service()
  const begun = deferred<AbortSignal>()
  service.listen(events.LimitExceeded, () => storage.enterWith('secret of a limit'))
  service.listen(events.Connect, ({ client }) => {
    if (client.id > 1) return
    client.signal.addEventListener('abort', () => storage.enterWith('secret of a signal'))
    begun.resolve(client.signal)
  })
  service.listen(events.Receive, ({ client, data }) => {
    client.write(`${data} ${storage.getStore()}`)
    if (data === 'full')
      for (const { id } of service.clients) service.clients.get(id)?.write('x'.repeat(2_000))
  })
  await running(
    service,
    async () => {
      const [ann, bob, cid] = [await connectTo(service), await connectTo(service), await connectTo(service)]
      const signal = await begun.promise
      // All in one turn: the one who leaves comes first.
      void ann.connection.close()
      for (const one of [bob, cid]) one.type('hi')
      for (const one of [bob, cid]) await one.sees('hi undefined')
      assert.ok(signal.aborted)
      for (const one of [bob, cid]) one.type('full')
    },
    { maxUnsentBytes: 1_000 },
  )
})

test.run()
