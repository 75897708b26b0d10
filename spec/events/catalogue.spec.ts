import { type Client, events } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { telnetEvent } from '../../lib/events/catalogue.js'

const client = { toString: () => 'Client #7' } as unknown as Client

test('what a client says in telnet is an event of its own class (rule 7)', () => {
  for (const [said, eventClass, text] of [
    [{ type: 'resize', columns: 80, rows: 24 }, events.Resize, 'Window resized: Client #7: resize'],
    [{ type: 'interrupt' }, events.Interrupt, 'Interrupt: Client #7: interrupt'],
    [{ type: 'end-of-file' }, events.EndOfFile, 'End of file: Client #7: end-of-file'],
  ] as const) {
    const event = telnetEvent(client, said)
    assert.is(event.constructor, eventClass)
    assert.is(event.client, client)
    assert.is(event.telnet, said)
    assert.is(String(event), text)
  }
})

test('what has no class of its own is a Telnet event', () => {
  const event = telnetEvent(client, { type: 'subnegotiation' } as never)
  assert.is(event.constructor, events.Telnet)
})

test('a resize gives the size, or that it is unknown', () => {
  const known = telnetEvent(client, { type: 'resize', columns: 132, rows: 50 }) as events.Resize
  assert.equal([known.columns, known.rows], [132, 50])
  const unknown = telnetEvent(client, {
    type: 'resize',
    columns: undefined,
    rows: undefined,
  }) as events.Resize
  assert.equal([unknown.columns, unknown.rows], [undefined, undefined])
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
