import { red } from 'mara-ts/styles'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { escapeFor, formatStyled, screenKey, terminalOf, wireKey } from '../../lib/client/screen.js'
import { defaultLimits } from '../../lib/limits.js'
import { lines, type ProtocolConnection } from '../../lib/protocol/index.js'
import { TelnetSettings } from '../../lib/telnet/index.js'

function opened(telnet = true): ProtocolConnection {
  const host = { deliver() {}, reply() {}, telnetEvent() {}, limitExceeded() {}, close() {} }
  return lines.open(host, {
    limits: defaultLimits,
    sanitize: true,
    ...(telnet && { telnet: new TelnetSettings() }),
  })
}

/** WILL NAWS and its report, so many columns wide. */
const window = (columns: number): Uint8Array =>
  Uint8Array.of(0xff, 0xfb, 31, 0xff, 0xfa, 31, 0, columns, 0, 24, 0xff, 0xf0)

test('clients that read the same bytes have the same key, and those that do not have not', () => {
  const [plain, wide, narrow, wideToo] = [opened(false), opened(), opened(), opened()]
  wide.receive(window(80))
  wideToo.receive(window(80))
  narrow.receive(window(40))
  assert.is(wireKey(wide), wireKey(narrow))
  assert.is(screenKey(wide), screenKey(wideToo))
  assert.is.not(screenKey(wide), screenKey(narrow))
  assert.equal(
    [plain, wide, narrow].map((protocol) => terminalOf(protocol).columns),
    [terminalOf(opened(false)).columns, 80, 40],
  )
})

test('styles are kept from those who said nothing of colours, and 0xFF is doubled for telnet alone', () => {
  const [plain, telnet] = [opened(false), opened()]
  for (const protocol of [plain, telnet]) {
    assert.is(formatStyled(protocol, red('stop'), true), 'stop\r\n')
    assert.is(formatStyled(protocol, red('stop'), false), 'stop')
  }
  const bytes = Uint8Array.of(1, 0xff)
  assert.is(escapeFor(plain, bytes), bytes)
  assert.equal([...escapeFor(telnet, bytes)], [1, 0xff, 0xff])
})

test.run()
