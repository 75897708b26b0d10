import { type Client, events } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const client = { toString: () => 'Client #7' } as unknown as Client

test('the catalogue has classes of events and nothing else (rule 7)', () => {
  const others = Object.entries(events).filter(
    ([, item]) => (item as unknown) !== events.Event && !(item.prototype instanceof events.Event),
  )
  assert.equal(others, [])
})

test('the text of Receive shows a line of up to 200 characters whole, and the beginning of a longer one', () => {
  const text = (data: string): string => String(new events.Receive({ client, data }))
  const most = 'a'.repeat(200)
  assert.is(text(most), `Client sent "${most}": Client #7`)
  assert.is(text(`${most}b`), `Client sent "${most}"...: Client #7`)
})

test("a program's own event of a line keeps all that it is made with, as others do (rule 1)", () => {
  class Whisper extends events.Receive {
    declare to: string
  }
  const properties = { client, data: 'psst', to: 'Bob' }
  const whisper = new Whisper(properties)
  assert.is(whisper.to, 'Bob')
  assert.is(whisper.data, 'psst')
  assert.is(whisper.again, false)
})

test('the events of servers name the server', () => {
  const server = { toString: () => 'tcp 127.0.0.1:9000' } as never
  assert.is(String(new events.ListenStart({ server })), 'Listening: tcp 127.0.0.1:9000')
})

test('who met a limit is named: a client, an address, or a peer', () => {
  const text = (who: { client?: Client; remoteAddress?: string }): string =>
    String(new events.LimitExceeded({ limit: 'maxConnections', max: 5, ...who }))
  assert.is(text({ client }), 'Limit maxConnections (5) exceeded by Client #7')
  assert.is(text({ remoteAddress: '192.0.2.1' }), 'Limit maxConnections (5) exceeded by 192.0.2.1')
  assert.is(text({}), 'Limit maxConnections (5) exceeded by a peer')
})

test.run()
