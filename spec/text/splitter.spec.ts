import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Decode, type LineSink, LineSplitter, type SplitterOptions } from '../../lib/text/splitter.js'
import { memoryInUse } from '../support/gc.js'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROL = /[\0-\x1f\x7f-\x9f]/

interface Found {
  lines: string[]
  overflows: number
}

/** The lines that a fresh splitter finds in chunks, and how often it met a line that was too long. */
function split(
  chunks: readonly Uint8Array[],
  { maxLineLength = 65536, sanitize = true }: Partial<SplitterOptions> = {},
): Found {
  const found = splitBy((splitter, sink) => {
    for (const chunk of chunks) splitter.push(chunk, sink)
  })
  const inPieces = splitBy((splitter, sink) => {
    for (const chunk of chunks)
      splitter.push(Buffer.concat([NOISE, chunk, NOISE]), sink, NOISE.length, NOISE.length + chunk.length)
  })
  assert.equal(inPieces, found, 'a piece of a chunk is read as a chunk of its own')
  return found

  function splitBy(push: (splitter: LineSplitter, sink: LineSink) => void): Found {
    const found: Found = { lines: [], overflows: 0 }
    push(new LineSplitter({ maxLineLength, sanitize }), {
      push: (line) => void found.lines.push(line),
      control: () => false,
      overflow: () => void found.overflows++,
    })
    return found
  }
}

/** What stands around a piece: nothing of it may be read. */
const NOISE = Buffer.from('x\r\x03\n')

/** All ways to cut bytes in two, and the way byte by byte. */
function* cuts(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let i = 0; i <= bytes.length; i++) yield [bytes.subarray(0, i), bytes.subarray(i)]
  yield [...bytes].map((byte) => Uint8Array.of(byte))
}

const CORPUS: [name: string, bytes: Uint8Array, lines: string[]][] = [
  ['CR LF', Buffer.from('one\r\ntwo\r\n\r\nfour\r\n'), ['one', 'two', '', 'four']],
  ['LF', Buffer.from('one\ntwo\n\nfour\n'), ['one', 'two', '', 'four']],
  ['CR NUL', Buffer.from('one\r\0two\r\0\r\0four\r\0'), ['one', 'two', '', 'four']],
  ['CR', Buffer.from('one\rtwo\r\rfour\r'), ['one', 'two', '', 'four']],
  [
    'mixed endings',
    Buffer.from('a\r\nb\nc\r\0d\re\n\rf\r\r\ng\n\n'),
    ['a', 'b', 'c', 'd', 'e', '', 'f', '', 'g', ''],
  ],
  ['UTF-8 of two bytes', Buffer.from('é\r\nüß\r\n'), ['é', 'üß']],
  ['UTF-8 of three bytes', Buffer.from('€uro\n日本語\n'), ['€uro', '日本語']],
  ['UTF-8 of four bytes', Buffer.from('😀\r\n👩‍🚀!\r\n'), ['😀', '👩‍🚀!']],
  [
    'bad UTF-8',
    Buffer.from([0x61, 0xff, 0x62, 0x0a, 0xc3, 0x0a, 0xe2, 0x82, 0x0d, 0x0a]),
    ['a\ufffdb', '\ufffd', '\ufffd'],
  ],
  ['control characters', Buffer.from('a\x1b[31mb\x07\x7f\tc\r\n\u009b2Jd\r\n'), ['a[31mb\tc', '2Jd']],
  [
    'bidirectional controls and line separators',
    Buffer.from('a\u202eb\u2066c\u2069\nd\u2028e\u2029f\u0085g\r\n'),
    ['abc', 'defg'],
  ],
  ['an unfinished line', Buffer.from('done\nnot done'), ['done']],
]

for (const [name, bytes, lines] of CORPUS) {
  test(`${name}: every split gives the same lines (rules 13 and 14)`, () => {
    for (const chunks of cuts(bytes)) assert.equal(split(chunks).lines, lines)
  })
}

const pieces = fc.array(
  fc.oneof(
    fc
      .constantFrom('\r\n', '\n', '\r\0', '\r', '\0', '\x1b[2J', '\t', '\x9b', 'plain', 'é', '€', '😀')
      .map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 6 }),
  ),
)

test('any bytes, cut anywhere, give the lines that they give in one piece (rule 13)', () => {
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(200)), fc.boolean(), (parts, points, sanitize) => {
      const bytes = Buffer.concat(parts)
      const edges = [0, ...points.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length]
      const chunks = edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge))
      const options = { sanitize, maxLineLength: 12 }
      assert.equal(split(chunks, options), split([bytes], options))
    }),
  )
})

test('any line without control characters comes out as it went in, whatever ends it', () => {
  const line = fc.string({ unit: 'grapheme' }).filter((text) => !CONTROL.test(text))
  // A bare CR is left out: before an empty line that LF ends, it reads as CR LF.
  const ending = fc.constantFrom('\r\n', '\n', '\r\0')
  fc.assert(
    fc.property(fc.array(fc.tuple(line, ending)), (written) => {
      const bytes = Buffer.from(written.flat().join(''))
      assert.equal(
        split([bytes]).lines,
        written.map(([text]) => text),
      )
    }),
  )
})

test('control characters stay where the service asks for them', () => {
  assert.equal(split([Buffer.from('a\x1b[0m\x07b\n')], { sanitize: false }).lines, ['a\x1b[0m\x07b'])
})

test('a line of the greatest length is delivered, one byte more is not (rule 19)', () => {
  const bytes = Buffer.from('12345678\n123456789\nnext\n')
  for (const chunks of cuts(bytes)) {
    assert.equal(split(chunks, { maxLineLength: 8 }), { lines: ['12345678', 'next'], overflows: 1 })
  }
})

test('a line that never ends keeps no more than the limit', () => {
  const splitter = new LineSplitter({ maxLineLength: 100, sanitize: true })
  let overflows = 0
  const lines: string[] = []
  const sink = {
    push: (line: string) => void lines.push(line),
    control: () => false,
    overflow: () => void overflows++,
  }
  for (let i = 0; i < 1000; i++) splitter.push(Buffer.alloc(50, 'x'), sink)
  assert.is(overflows, 1)
  assert.is(splitter.save().bytes, '')
  splitter.push(Buffer.from('\nnext\n'), sink)
  assert.equal(lines, ['next'])
})

test('kept lines do not keep their chunks alive', async () => {
  const chunk = Buffer.from(`${'x'.repeat(40)}\n`.repeat(1500))
  const kept: string[] = []
  const before = await memoryInUse()
  for (let i = 0; i < 1000; i++) kept.push(split([Buffer.from(chunk)]).lines[0] as string)
  const held = (await memoryInUse()) - before
  assert.ok(held < 4_000_000, `${kept.length} kept lines hold ${held} bytes`)
})

test('between lines a splitter holds no memory', async () => {
  const halves = [Buffer.alloc(20_000, 'x'), Buffer.from('\n')]
  const sink = { push: () => {}, control: () => false, overflow: () => {} }
  const splitters: LineSplitter[] = []
  const before = await memoryInUse()
  for (let i = 0; i < 1000; i++) {
    const splitter = new LineSplitter({ maxLineLength: 65_536, sanitize: true })
    for (const half of halves) splitter.push(half, sink)
    splitters.push(splitter)
  }
  const held = (await memoryInUse()) - before
  assert.ok(held < 4_000_000, `${splitters.length} splitters hold ${held} bytes`)
})

test('a splitter that goes on in another process loses nothing, at any byte', () => {
  const bytes = Buffer.from('one\r\n€two\r\0\rlonger than the limit\nfour\r\n')
  const options = { maxLineLength: 12, sanitize: true }
  const whole = split([bytes], options)
  for (let i = 0; i <= bytes.length; i++) {
    const found = { lines: [] as string[], overflows: 0 }
    const sink = {
      push: (line: string) => void found.lines.push(line),
      control: () => false,
      overflow: () => void found.overflows++,
    }
    const first = new LineSplitter(options)
    first.push(bytes.subarray(0, i), sink)
    const second = new LineSplitter(options)
    second.restore(JSON.parse(JSON.stringify(first.save())))
    second.push(bytes.subarray(i), sink)
    assert.equal(found, whole)
  }
})

test('Ctrl-C anywhere and Ctrl-D at the beginning of a line are told, at every split, and stay out of lines', () => {
  const bytes = Buffer.from('a\x03b\x04c\r\n\x04\r\n\x04')
  for (const chunks of cuts(bytes)) {
    const log: (string | number)[] = []
    const splitter = new LineSplitter({ maxLineLength: 100, sanitize: true })
    const sink = {
      push: (line: string) => void log.push(line),
      control(byte: number) {
        log.push(byte)
        return true
      },
      overflow: () => {},
    }
    for (const chunk of chunks) splitter.push(chunk, sink)
    assert.equal(log, [3, 'abc', 4, '', 4])
  }
})

test('within a line that is dropped, since it is too long, there is no beginning of a line', () => {
  const told: number[] = []
  const splitter = new LineSplitter({ maxLineLength: 4, sanitize: true })
  const sink = { push: () => {}, control: (byte: number) => told.push(byte) > 0, overflow: () => {} }
  for (const chunk of ['too long', '\x04', 'still\x04', '\r\n', '\x04'])
    splitter.push(Buffer.from(chunk), sink)
  assert.equal(told, [4])
})

test('what is taken out of a line does not count towards its length, and what is not stays in it (rule 14)', () => {
  for (const [taken, expected] of [
    [true, ['12345678', 'next']],
    [false, ['\x03next']],
  ] as const) {
    for (const chunks of cuts(Buffer.from('1234\x035678\n\x03next\n'))) {
      const lines: string[] = []
      const sink = { push: (line: string) => void lines.push(line), control: () => taken, overflow: () => {} }
      const splitter = new LineSplitter({ maxLineLength: 8, sanitize: false })
      for (const chunk of chunks) splitter.push(chunk, sink)
      assert.equal(lines, expected)
    }
  }
})

test('a line that never ends keeps no more than the limit, whatever is taken out of it (rule 19)', () => {
  const splitter = new LineSplitter({ maxLineLength: 100, sanitize: true })
  let overflows = 0
  const sink = { push: () => {}, control: () => true, overflow: () => void overflows++ }
  for (let i = 0; i < 1000; i++) splitter.push(Buffer.from('xxxxxxxxx\x03'), sink)
  assert.is(overflows, 1)
  assert.is(splitter.save().bytes, '')
})

test('a line that ended in CR is remembered: it is how telnet ends lines', () => {
  const splitter = new LineSplitter({ maxLineLength: 100, sanitize: true })
  const sink = { push: () => {}, control: () => false, overflow: () => {} }
  splitter.push(Buffer.from('one\ntwo\n'), sink)
  assert.is(splitter.sawCR, false)
  splitter.push(Buffer.from('three\r'), sink)
  assert.is(splitter.sawCR, true)
})

test('a line that ended in a bare LF is remembered too, at every split, and over a restart', () => {
  const sink = { push: () => {}, control: () => false, overflow: () => {} }
  const saw = (chunks: readonly Uint8Array[]): boolean => {
    const splitter = new LineSplitter({ maxLineLength: 100, sanitize: true })
    for (const chunk of chunks) splitter.push(chunk, sink)
    const restored = new LineSplitter({ maxLineLength: 100, sanitize: true })
    restored.restore(JSON.parse(JSON.stringify(splitter.save())))
    assert.is(restored.sawLF, splitter.sawLF)
    return splitter.sawLF
  }
  for (const chunks of cuts(Buffer.from('one\r\ntwo\r\0three\rfour'))) assert.is(saw(chunks), false)
  for (const chunks of cuts(Buffer.from('one\r\ntwo\n'))) assert.is(saw(chunks), true)
})

test('characters and the line can be taken back while the line has not ended', () => {
  const lines: string[] = []
  const splitter = new LineSplitter({ maxLineLength: 100, sanitize: true })
  const sink = { push: (line: string) => void lines.push(line), control: () => false, overflow: () => {} }
  splitter.eraseCharacter()
  splitter.push(Buffer.from('aé€'), sink)
  splitter.eraseCharacter()
  splitter.eraseCharacter()
  splitter.push(Buffer.from('b\nwrong'), sink)
  splitter.eraseLine()
  splitter.push(Buffer.from('right\n'), sink)
  assert.equal(lines, ['ab', 'right'])
})

test('what is taken back is one character, in whichever character set, or one bad byte', () => {
  const latin1: Decode = (bytes, start, end) => bytes.toString('latin1', start, end)
  for (const [decode, typed, expected] of [
    [undefined, Buffer.from('a\x80', 'latin1'), 'a'],
    [undefined, Buffer.from('a😀'), 'a'],
    [undefined, Buffer.from('a\u0301'), 'a'],
    [latin1, Buffer.from('a¿', 'latin1'), 'a'],
    [latin1, Buffer.from('¡¿', 'latin1'), '¡'],
  ] as const) {
    const lines: string[] = []
    const splitter = new LineSplitter({ maxLineLength: 100, sanitize: true })
    const sink = { push: (line: string) => void lines.push(line), control: () => false, overflow: () => {} }
    if (decode !== undefined) splitter.decode = decode
    splitter.push(typed, sink)
    splitter.eraseCharacter()
    splitter.push(Buffer.from('\n'), sink)
    assert.equal(lines, [expected])
  }
})

test.run()
