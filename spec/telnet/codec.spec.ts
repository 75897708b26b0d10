import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Decoder, type Token } from '../../lib/telnet/codec.js'
import { bytewise, CORPUS, cutAt, cuts, decode, hex, joinText, show, telnetBytes } from './harness.js'

const codec = suite('telnet/codec')

const words = (tokens: readonly Token[]): string[] =>
  tokens.map((token) => {
    if (token.type === 'text') return `text ${show(token.bytes)}`
    if (token.type === 'command') return `command ${token.command}`
    if (token.type === 'negotiation') return `negotiation ${token.verb} ${token.option}`
    if (token.type === 'overflow') return `overflow ${token.option}`
    return `subnegotiation ${token.option} ${show(token.payload)}`.trimEnd()
  })

function reads(input: string, ...expected: string[]): void {
  for (const chunks of cuts(hex(input)))
    assert.equal(words(decode(chunks)), expected, chunks.map(show).join(' | '))
}

codec('a chunk without IAC is handed on as it is: the same array, one token', () => {
  const chunk = hex('hello 0D 0A')
  const tokens: Token[] = []
  new Decoder().push(chunk, (token) => tokens.push(token))
  assert.is(tokens.length, 1)
  assert.is(tokens[0]?.type === 'text' && tokens[0].bytes, chunk)
})

codec('an empty chunk is no token', () => {
  assert.equal(decode([new Uint8Array(0)]), [])
})

codec('a doubled IAC is one byte of text, and the text around it one token', () => {
  const tokens: Token[] = []
  new Decoder().push(hex('61 FF FF 62'), (token) => tokens.push(token))
  assert.equal(words(tokens), ['text 61 FF 62'])
  reads('61 FF FF 62', 'text 61 FF 62')
  reads('FF FF FF FF', 'text FF FF')
})

codec('text, commands and negotiations keep their order', () => {
  reads('C3 FF F1 A9', 'text C3', 'command 241', 'text A9')
  reads('a FF FB 01 b FF FD 03 c', 'text 61', 'negotiation 251 1', 'text 62', 'negotiation 253 3', 'text 63')
  reads('FF FC FF FF FE F0', 'negotiation 252 255', 'negotiation 254 240')
})

codec('a subnegotiation is one token with its doubled IACs undone', () => {
  reads('FF FA 1F 00 FF FF 00 18 FF F0 a', 'subnegotiation 31 00 FF 00 18', 'text 61')
  reads('FF FA 18 FF F0', 'subnegotiation 24')
  reads('FF FA 18 FF FF FF F0', 'subnegotiation 24 FF')
  reads('FF FA FF FF 01 FF F0', 'subnegotiation 255 01')
})

codec('an empty subnegotiation is dropped, and what follows it is read', () => {
  reads('FF FA FF F0 hello', 'text 68 65 6C 6C 6F')
  reads('FF FA F0 hello', 'text 68 65 6C 6C 6F')
})

codec('a command inside a subnegotiation drops it and is obeyed', () => {
  reads('FF FA 18 00 41 FF FD 01 hi', 'negotiation 253 1', 'text 68 69')
  reads('FF FA 18 00 FF FA 1F 41 FF F0 hi', 'subnegotiation 31 41', 'text 68 69')
  reads('FF FA 18 00 FF F4 hi', 'command 244', 'text 68 69')
  reads('FF FA FF FD 01 hi', 'negotiation 253 1', 'text 68 69')
})

codec(
  'IAC and no command inside a subnegotiation drops both: the five bytes that kill TelnetSocket are harmless',
  () => {
    reads('FF FA 01 FF 41 hi', 'text 68 69')
  },
)

codec(
  'IAC before a byte that is no command is dropped alone: a Synch whose urgent byte was lost costs no letter',
  () => {
    reads('FF F4 FF FD 06 FF hello', 'command 244', 'negotiation 253 6', 'text 68 65 6C 6C 6F')
  },
)

codec('an SE without a subnegotiation is a command like another', () => {
  reads('a FF F0 b', 'text 61', 'command 240', 'text 62')
})

codec('a subnegotiation of exactly the limit is whole, of one byte more is dropped whole (rule 19)', () => {
  const body = (length: number) =>
    Uint8Array.of(255, 250, 24, ...new Uint8Array(length).fill(65), 255, 240, 98)
  const [whole] = decode([body(8192)])
  assert.is(whole?.type === 'subnegotiation' && whole.payload.length, 8192)
  for (const chunks of [[body(8193)], bytewise(body(8193)), [body(20_000)], bytewise(body(20_000))])
    assert.equal(words(decode(chunks)), ['overflow 24', 'text 62'])
})

codec('a limit counts payload bytes, a doubled IAC as one', () => {
  reads8('FF FA 18 FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF F0', [
    `subnegotiation 24 ${'FF '.repeat(8)}`.trimEnd(),
  ])
  reads8('FF FA 18 FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF F0', ['overflow 24'])
})

function reads8(input: string, expected: string[]): void {
  for (const chunks of cuts(hex(input))) assert.equal(words(decode(chunks, 8)), expected)
}

codec('a dropped subnegotiation ends like any other, also by a command; no byte of it becomes text', () => {
  reads8('FF FA 18 1234567890 0A FF FF 123 FF F0 b', ['overflow 24', 'text 62'])
  reads8('FF FA 18 1234567890 0A 123 FF FB 1F b', ['overflow 24', 'negotiation 251 31', 'text 62'])
})

codec(
  'a subnegotiation that never ends holds no memory and gives the text back at a line end past 8 times its limit',
  () => {
    const endless = Uint8Array.of(
      255,
      250,
      24,
      ...new Uint8Array(63).fill(10),
      ...hex('not 20 yet 0A hello 0D 0A'),
    )
    // 63 bytes, then "n" is the 64th: the first LF from there on is the one after "not yet".
    for (const chunks of cuts(endless))
      assert.equal(words(decode(chunks, 8)), ['overflow 24', 'text 68 65 6C 6C 6F 0D 0A'])

    const decoder = new Decoder()
    const tokens: Token[] = []
    decoder.push(hex('FF FA 18'), (token) => tokens.push(token))
    for (let i = 0; i < 1000; i++) {
      decoder.push(new Uint8Array(4096).fill(65), (token) => tokens.push(token))
      assert.ok(JSON.stringify(decoder.save()).length < 12_000)
    }
    assert.equal(words(tokens), ['overflow 24'])
    assert.is(decoder.save()?.payload, undefined)
  },
)

codec('payloads are their own memory: neither the chunk nor another payload', () => {
  const chunk = hex('FF FA 18 AB FF F0 FF FA 18 CD FF F0')
  const payloads: Uint8Array[] = []
  const decoder = new Decoder()
  const keep = (token: Token) => token.type === 'subnegotiation' && payloads.push(token.payload)
  decoder.push(chunk, keep)
  decoder.push(chunk.slice(0, 4), keep)
  chunk.fill(0)
  decoder.push(hex('FF F0'), keep)
  assert.equal(payloads.map(show), ['AB', 'CD', 'AB'])
  assert.is(new Set(payloads.map((payload) => payload.buffer)).size, 3)
  // Nor do they hold on to more than they are.
  assert.equal(
    payloads.map((payload) => payload.buffer.byteLength),
    [1, 1, 1],
  )
})

codec('the corpus gives the same tokens at every cut', () => {
  for (const stream of CORPUS) {
    const whole = words(decode([stream]))
    for (const chunks of cuts(stream)) assert.equal(words(decode(chunks)), whole)
  }
})

codec('any bytes give the same tokens at any cuts, and nothing throws', () => {
  fc.assert(
    fc.property(telnetBytes, fc.array(fc.nat()), fc.constantFrom(1, 4, 8192), (bytes, places, max) => {
      const whole = words(decode([bytes], max))
      assert.equal(words(decode(cutAt(bytes, places), max)), whole)
      assert.equal(words(decode(bytewise(bytes), max)), whole)
    }),
    { numRuns: 500 },
  )
})

codec('a decoder saved and restored at any byte goes on as if nothing had been', () => {
  fc.assert(
    fc.property(telnetBytes, fc.constantFrom(1, 4, 8192), (bytes, max) => {
      const tokens: Token[] = []
      let decoder = new Decoder(max)
      for (const chunk of bytewise(bytes)) {
        decoder.push(chunk, (token) => tokens.push(token))
        const state = decoder.save()
        decoder = state ? Decoder.restore(JSON.parse(JSON.stringify(state)), max) : new Decoder(max)
      }
      assert.equal(words(joinText(tokens)), words(decode([bytes], max)))
    }),
    { numRuns: 300 },
  )
})

codec('a hostile chunk of doubled IACs costs no more than its length', () => {
  // 64 KiB in one chunk, in text and inside a hopeless subnegotiation; quadratic work would take minutes.
  const doubled = new Uint8Array(65_536).fill(255)
  const tokens = decode([doubled])
  assert.is(tokens[0]?.type === 'text' && tokens[0].bytes.length, 32_768)
  assert.equal(words(decode([hex('FF FA 18'), doubled, doubled, doubled, hex('FF F0 a')])), [
    'overflow 24',
    'text 61',
  ])
})

codec.run()
