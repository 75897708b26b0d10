/**
 * What the telnet specs share: bytes as hex, a host that writes down everything in order, and the ways to cut a
 * stream into chunks.
 */
import fc from 'fast-check'
import { Decoder, type Token } from '../../lib/telnet/codec.js'
import { Telnet, type TelnetEvent, type TelnetHost, TelnetSettings } from '../../lib/telnet/index.js'
import type { TelnetSettingsInput } from '../../lib/telnet/settings.js'

/** `hex('FF FB C8')`; words that are no hex are taken as text: `hex('FF F1 hello')`. */
export function hex(text: string): Uint8Array {
  const words = text.split(/\s+/).filter((word) => word !== '')
  return new Uint8Array(
    Buffer.concat(words.map((word) => Buffer.from(word, /^[0-9A-F]{2}$/.test(word) ? 'hex' : 'utf8'))),
  )
}

export function show(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase().replace(/..\B/g, '$& ')
}

export function join(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

/** One line for each thing that happened; adjacent text is one line, for the stream's cuts do not count. */
class Log {
  readonly lines: string[] = []

  text(bytes: Uint8Array): void {
    const last = this.lines.at(-1)
    if (last?.startsWith('text ')) this.lines[this.lines.length - 1] = `${last} ${show(bytes)}`
    else this.lines.push(`text ${show(bytes)}`)
  }
}

/** A `Telnet` with a host that writes everything down, and a clock that stands still. */
export class Line {
  readonly log = new Log()
  readonly events: TelnetEvent[] = []
  readonly clock = { time: 0, now: () => this.clock.time }
  readonly settings: TelnetSettings
  telnet: Telnet
  sent: Uint8Array = new Uint8Array(0)
  text = ''

  constructor(input: TelnetSettingsInput = {}) {
    this.settings = new TelnetSettings({ clock: this.clock, ...input })
    this.telnet = new Telnet(this.#host, this.settings)
  }

  get #host(): TelnetHost {
    return {
      send: (bytes) => {
        this.sent = join(this.sent, bytes)
        this.log.lines.push(`sent ${show(bytes)}`)
      },
      on: (event) => {
        this.events.push(event)
        this.log.lines.push(`event ${JSON.stringify(event)}`)
      },
      limit: (name) => this.log.lines.push(`limit ${name}`),
    }
  }

  receive(...chunks: Uint8Array[]): this {
    for (const chunk of chunks)
      this.telnet.receive(chunk, (bytes, from, to) => {
        const piece = bytes.subarray(from, to)
        this.log.text(piece)
        this.text += Buffer.from(piece).toString('latin1')
      })
    return this
  }

  /** Everything sent since it was last asked for. */
  takeSent(): string {
    const bytes = this.sent
    this.sent = new Uint8Array(0)
    return show(bytes)
  }

  /** The types of the events since it was last asked for. */
  takeEvents(): TelnetEvent[] {
    return this.events.splice(0)
  }

  /** A restart: saved, sent as JSON, restored. */
  restart(): this {
    const state = JSON.parse(JSON.stringify(this.telnet.save()))
    this.telnet = Telnet.restore(this.#host, this.settings, state)
    return this
  }
}

/** A peer that speaks telnet and whose offers have all been made: the noise of the beginning is over. */
export function acquainted(input: TelnetSettingsInput = {}): Line {
  const line = new Line({ opening: [], options: [], ...input })
  line.receive(hex('FF F1'))
  line.takeSent()
  line.takeEvents()
  line.log.lines.length = 0
  return line
}

export function decode(chunks: readonly Uint8Array[], maxSubnegotiation?: number): Token[] {
  const decoder = new Decoder(maxSubnegotiation)
  const tokens: Token[] = []
  for (const chunk of chunks) decoder.push(chunk, (token) => tokens.push(token))
  return joinText(tokens)
}

/** Adjacent text tokens as one. */
export function joinText(tokens: readonly Token[]): Token[] {
  const joined: Token[] = []
  for (const token of tokens) {
    const last = joined.at(-1)
    if (token.type === 'text' && last?.type === 'text')
      joined[joined.length - 1] = { type: 'text', bytes: join(last.bytes, token.bytes) }
    else joined.push(token.type === 'text' ? { type: 'text', bytes: new Uint8Array(token.bytes) } : token)
  }
  return joined
}

export function bytewise(bytes: Uint8Array): Uint8Array[] {
  return [...bytes].map((byte) => Uint8Array.of(byte))
}

/** Every way to cut the bytes in two, as they are, and byte by byte. */
export function* cuts(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.slice(0, at), bytes.slice(at)]
  yield bytewise(bytes)
}

/** Cuts at the given places (any numbers do). */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b)
  return [0, ...sorted].map((from, i) => bytes.slice(from, sorted[i] ?? bytes.length))
}

const { oneof, constantFrom, integer } = fc

/** Bytes as a telnet peer, or one who means harm, might send them: most of them have a meaning. */
export const telnetBytes = fc
  .array(
    oneof(
      { weight: 6, arbitrary: constantFrom(255) },
      { weight: 3, arbitrary: constantFrom(250, 240) },
      { weight: 4, arbitrary: integer({ min: 236, max: 254 }) },
      { weight: 4, arbitrary: constantFrom(0, 1, 3, 6, 24, 25, 31, 39, 42) },
      { weight: 2, arbitrary: constantFrom(10, 13, 65) },
      { weight: 1, arbitrary: integer({ min: 0, max: 255 }) },
    ),
    { maxLength: 200, size: 'max' },
  )
  .map((bytes) => Uint8Array.from(bytes))

/** What clients send, good and bad: the input of the specs that cut a stream everywhere. */
export const CORPUS: readonly Uint8Array[] = [
  // PuTTY's beginning, then a line.
  'FF FB 1F FF FB 20 FF FB 18 FF FB 27 FF FD 01 FF FB 03 FF FD 03 hello 0D 0A',
  // TinTin++: type, terminal, MTTS, window, environment, encoding.
  'FF FB 18 FF FA 18 00 TINTIN++ FF F0 FF FB 1F FF FA 1F 00 50 00 18 FF F0 FF FA 18 00 xterm-256color FF F0 look 0D 0A',
  'FF FB 18 FF FA 18 00 Mudlet FF F0 FF FA 18 00 ANSI-TRUECOLOR FF F0 FF FA 18 00 MTTS 20 2349 FF F0 FF FD 2A FF FA 2A 02 UTF-8 FF F0 FF FD 19',
  'FF FB 27 FF FA 27 00 00 USER 01 ada 03 COLORTERM 01 truecolor FF F0 FF FA 27 02 00 USER 01 bob FF F0 who 0D 0A',
  // Ctrl-C, AYT, and the other commands between letters.
  'a FF F4 FF FD 06 b FF F3 c FF F6 d FF F5 e FF F7 f FF F8 g FF F1 h FF F2 i FF EC FF ED FF EE',
  // Doubled and lonely IACs, a letter around a NOP, what no one knows.
  '61 FF FF 62 C3 FF F1 A9 FF 68 FF FB C8 FF FD C8 FF FC C8 FF FE C8',
  // Subnegotiations as they should not be.
  'FF FA FF F0 a FF FA F0 b FF FA 18 FF F0 c FF FA 18 00 41 FF FD 01 d FF FA 01 FF 41 e FF FA 1F 00 FF FF 00 18 FF F0 f',
  'FF FB 1F FF FA 1F FF F0 FF FA 1F 00 50 00 FF F0 FF FA 1F 00 50 00 18 00 FF F0 FF FA 1F 00 00 00 00 FF F0 FF FC 1F',
  // Encodings: a list of the peer's, with and without a translation table.
  'FF FB 2A FF FE 2A FF FA 2A 01 20 KOI8-R 20 ISO-8859-1 FF F0 E9 FF FA 2A 01 [TTABLE] 01 3B UTF-8 FF F0',
].map(hex)
