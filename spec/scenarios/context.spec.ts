/** What an earlier handler adds to an event for later ones, with its type (rule 1). */
import { events, Handler, Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { running } from '../support/service.js'

class Visitor {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

declare module 'mara-ts' {
  interface EventContext {
    receivedAt?: Date
  }
  interface ClientEventContext {
    visitor: Visitor
  }
}

const test = suite('context')

test('what an earlier handler adds to an event later ones find, and its type is known to all of them (rule 1)', async () => {
  const service = new Service()
  service.listen(events.Event, (event) => {
    event.receivedAt = new Date(0)
  })
  service.listen(events.Client, (event) => {
    event.visitor = new Visitor(`visitor ${event.client.id}`)
  })
  class Greet extends Handler<events.Connect> {
    handler_1({ client, visitor }: events.Connect): void {
      client.write(`Hello, ${visitor.name}`)
    }
  }
  service.listen(events.Connect, Greet)
  // biome-ignore lint/correctness/useYield: it has nothing to wait for
  service.listen(events.Receive, function* ({ client, data, visitor, receivedAt }) {
    client.write(`${visitor.name.toUpperCase()}: ${data} at ${receivedAt?.getTime()}`)
  })
  // @ts-expect-error: events of the service have no client, and so no visitor
  service.listen(events.PostStart, ({ visitor }) => assert.is(visitor, undefined))
  await running(service, async () => {
    const peer = await Peer.connect(service)
    assert.is(await peer.line(), 'Hello, visitor 1')
    peer.send('hi\r\n')
    assert.is(await peer.line(), 'VISITOR 1: hi at 0')
    peer.destroy()
  })
})

test.run()
