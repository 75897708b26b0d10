import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Token } from '../../lib/telnet/codec.js'
import type { Verb } from '../../lib/telnet/constants.js'
import { command, encode, escapeIac, negotiation, subnegotiation } from '../../lib/telnet/encode.js'
import { cutAt, decode, hex, joinText, show } from './harness.js'

const out = suite('telnet/encode')

out('text without 0xFF is escaped to the very same array', () => {
  const bytes = hex('hello')
  assert.is(escapeIac(bytes), bytes)
})

out('every 0xFF of text is doubled', () => {
  assert.is(show(escapeIac(hex('FF 61 FF FF 62 FF'))), 'FF FF 61 FF FF FF FF 62 FF FF')
})

out('escaping leaves its input alone', () => {
  const bytes = hex('61 FF 62')
  escapeIac(bytes)
  assert.is(show(bytes), '61 FF 62')
})

out('commands, negotiations and subnegotiations are framed, payloads escaped', () => {
  assert.is(show(command(249)), 'FF F9')
  assert.is(show(negotiation(251, 1)), 'FF FB 01')
  assert.is(show(subnegotiation(31, hex('00 FF 00 18'))), 'FF FA 1F 00 FF FF 00 18 FF F0')
  assert.is(show(subnegotiation(255, hex('01'))), 'FF FA FF FF 01 FF F0')
})

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.array(fc.constantFrom(255, 240, 250, 10, 65), { maxLength: 40 }).map((array) => Uint8Array.from(array)),
)
const option = fc.integer({ min: 0, max: 255 })

const token: fc.Arbitrary<Token> = fc.oneof(
  bytes.filter((b) => b.length > 0).map((b) => ({ type: 'text', bytes: b }) as const),
  fc.integer({ min: 236, max: 249 }).map((code) => ({ type: 'command', command: code }) as const),
  fc
    .tuple(fc.constantFrom<Verb>(251, 252, 253, 254), option)
    .map(([verb, code]) => ({ type: 'negotiation', verb, option: code }) as const),
  // 240 is the option that a subnegotiation cannot have.
  fc
    .tuple(
      option.filter((code) => code !== 240),
      bytes,
    )
    .map(([code, payload]) => ({ type: 'subnegotiation', option: code, payload }) as const),
)

out('what is encoded and then decoded, cut anywhere, is what it was', () => {
  fc.assert(
    fc.property(fc.array(token, { maxLength: 20 }), fc.array(fc.nat()), (tokens, places) => {
      assert.equal(decode(cutAt(encode(tokens), places)), joinText(tokens))
    }),
    { numRuns: 500 },
  )
})

out.run()
