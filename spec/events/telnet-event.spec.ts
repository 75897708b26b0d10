import { type Client, events } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { telnetEvent } from '../../lib/events/telnet-event.js'

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

test.run()
