/**
 * The codec against an independent parser: `TelnetInput` of telnet-stream, on seeded random streams. Up to the
 * first place where the two are known to read differently, texts and events must be the same. The places are of
 * four kinds, and every kind has an example below that shows both readings; two more differences are of manner,
 * not of reading:
 *
 * - not a command: IAC before a byte below 236. They tell a command of that number; we drop the IAC and keep the
 *   byte as text.
 * - no option: IAC SB IAC and IAC SB SE. They take the 255 or 240 for the option, and everything up to the next
 *   IAC SE for its payload; we take SE as the end of an empty subnegotiation, IAC as IAC.
 * - command inside: IAC and neither IAC nor SE within a subnegotiation. They tell an error, keep both bytes as
 *   payload and go on (without a listener for "error" that ends the process: `TelnetSocket` has none to offer);
 *   we drop the subnegotiation and obey the command.
 * - too long: they tell an error and hand out the first bytes, cut; we drop it whole.
 * - order: they collect the text of a chunk and hand it on after all its events; we keep the order.
 * - memory: their payloads are views of one buffer, overwritten by the next; ours are their own.
 */
import { once } from 'node:events'
import fc from 'fast-check'
import { TelnetInput } from 'telnet-stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Decoder } from '../../lib/telnet/codec.js'
import { DO, DONT, FIRST_COMMAND, IAC, SB, SE, WILL, WONT } from '../../lib/telnet/constants.js'
import { encode } from '../../lib/telnet/encode.js'
import { cutAt, decode, hex, join, show } from './harness.js'

const differential = suite('telnet/codec against telnet-stream')

const LIMIT = 16

interface Reading {
  text: string
  events: string[]
}

const VERBS: Record<number, string> = { [WILL]: 'will', [WONT]: 'wont', [DO]: 'do', [DONT]: 'dont' }

async function theirs(chunks: readonly Uint8Array[]): Promise<Reading & { order: string[] }> {
  const input = new TelnetInput({ bufferSize: LIMIT })
  const texts: Uint8Array[] = []
  const events: string[] = []
  const order: string[] = []
  const tell = (event: string) => {
    events.push(event)
    order.push(event)
  }
  input.on('data', (bytes: Buffer) => {
    texts.push(bytes)
    order.push(`text ${show(bytes)}`)
  })
  input.on('command', (code: number) => tell(`command ${code}`))
  for (const verb of Object.values(VERBS)) input.on(verb, (option: number) => tell(`${verb} ${option}`))
  // Copied: the next one overwrites it.
  input.on('sub', (option: number, payload: Buffer) =>
    tell(`sub ${option} ${show(new Uint8Array(payload))}`.trimEnd()),
  )
  input.on('error', (error: Error) => tell(`error ${error.message}`))
  for (const chunk of chunks) input.write(chunk)
  input.end()
  await once(input, 'end')
  return { text: show(join(...texts)), events, order }
}

function ours(chunks: readonly Uint8Array[]): Reading {
  const texts: Uint8Array[] = []
  const events: string[] = []
  for (const token of decode(chunks, LIMIT)) {
    if (token.type === 'text') texts.push(token.bytes)
    else if (token.type === 'command') events.push(`command ${token.command}`)
    else if (token.type === 'negotiation') events.push(`${VERBS[token.verb]} ${token.option}`)
    else if (token.type === 'overflow') events.push(`overflow ${token.option}`)
    else events.push(`sub ${token.option} ${show(token.payload)}`.trimEnd())
  }
  return { text: show(join(...texts)), events }
}

type Kind = 'not a command' | 'no option' | 'command inside' | 'too long'

/** Where the two begin to read differently, and why; the index of the byte that makes the difference. */
function difference(bytes: Uint8Array): { at: number; kind: Kind } | undefined {
  let mode: 'text' | 'iac' | 'verb' | 'option' | 'payload' | 'payload-iac' = 'text'
  let length = 0
  for (const [at, byte] of bytes.entries()) {
    if (mode === 'text') {
      if (byte === IAC) mode = 'iac'
    } else if (mode === 'iac') {
      if (byte < FIRST_COMMAND) return { at, kind: 'not a command' }
      mode = byte === SB ? 'option' : byte in VERBS ? 'verb' : 'text'
    } else if (mode === 'verb') {
      mode = 'text'
    } else if (mode === 'option') {
      if (byte === IAC || byte === SE) return { at, kind: 'no option' }
      mode = 'payload'
      length = 0
    } else if (mode === 'payload-iac' && byte === SE) {
      mode = 'text'
    } else if (mode === 'payload-iac' && byte !== IAC) {
      return { at, kind: 'command inside' }
    } else if (mode === 'payload' && byte === IAC) {
      mode = 'payload-iac'
    } else {
      if (++length > LIMIT) return { at, kind: 'too long' }
      mode = 'payload'
    }
  }
  return undefined
}

const byte = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(65, 13, 10, 0) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 254 }) },
)
const payload = (max: number) =>
  fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: byte.map((b) => [b]) },
        { weight: 1, arbitrary: fc.constant([255, 255]) },
      ),
      { maxLength: max, size: 'max' },
    )
    .map((parts) => parts.flat())
const option = fc.integer({ min: 0, max: 255 })
const framed = (max: number) =>
  fc.tuple(option, payload(max)).map(([code, body]) => [255, 250, code, ...body, 255, 240])

/** Mostly what telnet peers send, now and then what they should not. */
const stream = fc
  .array(
    fc.oneof(
      { weight: 30, arbitrary: fc.array(byte, { maxLength: 8 }) },
      { weight: 8, arbitrary: fc.constant([255, 255]) },
      { weight: 15, arbitrary: fc.integer({ min: 236, max: 249 }).map((code) => [255, code]) },
      {
        weight: 20,
        arbitrary: fc
          .tuple(fc.integer({ min: 251, max: 254 }), option)
          .map(([verb, code]) => [255, verb, code]),
      },
      { weight: 20, arbitrary: framed(6) },
      { weight: 1, arbitrary: framed(60) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(option, payload(4), fc.integer({ min: 0, max: 254 }))
          .map(([code, body, after]) => [255, 250, code, ...body, 255, after]),
      },
      { weight: 1, arbitrary: option.map((after) => [255, after]) },
      { weight: 1, arbitrary: fc.constantFrom([255, 250, 255, 240], [255, 250, 240], [255, 250, 24], [255]) },
    ),
    { maxLength: 30, size: 'max' },
  )
  .map((pieces) => Uint8Array.from(pieces.flat()))

const SEED = 20_260_401
const streams = fc.sample(fc.tuple(stream, fc.array(fc.nat(), { maxLength: 4 })), {
  numRuns: 3000,
  seed: SEED,
})

differential(
  'up to the first known difference, 3,000 random streams give both the same text and events',
  async () => {
    const kinds = new Map<Kind | 'none', number>()
    for (const [bytes, places] of streams) {
      const found = difference(bytes)
      kinds.set(found?.kind ?? 'none', (kinds.get(found?.kind ?? 'none') ?? 0) + 1)
      // The byte that makes the difference is left out; what is half received says nothing yet.
      const same = cutAt(bytes.slice(0, found?.at), places)
      const { text, events } = await theirs(same)
      assert.equal(ours(same), { text, events }, show(join(...same)))
    }
    // The streams are good enough to find every kind, and tame enough that many have none.
    for (const kind of ['not a command', 'no option', 'command inside', 'too long'] as const)
      assert.ok((kinds.get(kind) ?? 0) >= 50, `${kind}: ${kinds.get(kind)}`)
    assert.ok((kinds.get('none') ?? 0) >= 500, `none: ${kinds.get('none')}`)
  },
)

differential(
  'what we have read, written again without its faults, both read the same from end to end',
  async () => {
    for (const [bytes] of streams) {
      const tokens = decode([bytes], LIMIT).filter((token) => token.type !== 'overflow')
      // Their option 255 cannot be told from IAC; see "no option".
      if (tokens.some((token) => token.type === 'subnegotiation' && token.option === IAC)) continue
      const again = [encode(tokens)]
      const { text, events } = await theirs(again)
      assert.equal(ours(again), { text, events }, show(bytes))
    }
  },
)

async function differ(kind: Kind, input: string, our: Reading, their: Reading): Promise<void> {
  const bytes = hex(input)
  assert.is(difference(bytes)?.kind, kind)
  const { text, events } = await theirs([bytes])
  assert.equal(ours([bytes]), our)
  assert.equal({ text, events }, their)
}

differential(
  'not a command: their command 104 is our letter h, before which a lost DM left its IAC',
  async () => {
    await differ(
      'not a command',
      'FF 68 69',
      { text: '68 69', events: [] },
      { text: '69', events: ['command 104'] },
    )
  },
)

differential('no option: their option swallows the line that follows an empty subnegotiation', async () => {
  await differ('no option', 'FF FA F0 hi', { text: '68 69', events: [] }, { text: '', events: [] })
  await differ('no option', 'FF FA FF F0 hi', { text: '68 69', events: [] }, { text: '', events: [] })
  // An option 255 must be doubled for us, so that IAC is IAC wherever it stands.
  await differ(
    'no option',
    'FF FA FF FF 61 FF F0',
    { text: '', events: ['sub 255 61'] },
    { text: '', events: ['error expected IAC or SE', 'sub 255 FF 61'] },
  )
})

differential('command inside: their payload swallows our command, and the line after it', async () => {
  await differ(
    'command inside',
    'FF FA 18 00 FF FD 01 hi',
    { text: '68 69', events: ['do 1'] },
    { text: '', events: ['error expected IAC or SE'] },
  )
})

differential(
  'command inside: the five bytes that end a process with a TelnetSocket are nothing to us',
  async () => {
    const bytes = hex('FF FA 01 FF 41')
    const unguarded = new TelnetInput()
    assert.throws(() => unguarded.emit('error', new Error('expected IAC or SE')), /expected IAC or SE/)
    assert.equal((await theirs([bytes])).events, ['error expected IAC or SE'])
    assert.equal(ours([bytes]), { text: '', events: [] })
  },
)

differential('too long: they hand out the beginning, we nothing', async () => {
  const beginning = Array(LIMIT).fill('41').join(' ')
  await differ(
    'too long',
    `FF FA 18 ${beginning} 41 FF F0 hi`,
    { text: '68 69', events: ['overflow 24'] },
    { text: '68 69', events: ['error subnegotiation buffer overflow', `sub 24 ${beginning}`] },
  )
})

differential('order: their text comes after all events of its chunk, ours in its place', async () => {
  const bytes = hex('a FF F4 b')
  assert.equal((await theirs([bytes])).order, ['command 244', 'text 61 62'])
  assert.equal(
    decode([bytes]).map((token) => token.type),
    ['text', 'command', 'text'],
  )
})

differential('memory: their payload changes under the hands of whoever kept it, ours does not', async () => {
  const chunk = hex('FF FA 18 61 FF F0 FF FA 18 62 FF F0')
  const kept: Uint8Array[] = []
  const input = new TelnetInput()
  input.on('sub', (_option: number, payload: Buffer) => kept.push(payload))
  input.resume().end(chunk)
  await once(input, 'end')
  assert.equal(kept.map(show), ['62', '62'])
  const own: Uint8Array[] = []
  new Decoder().push(chunk, (token) => token.type === 'subnegotiation' && own.push(token.payload))
  assert.equal(own.map(show), ['61', '62'])
})

differential.run()
