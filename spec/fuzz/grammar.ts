/** What hostile clients do, drawn from a seed: most of it has a meaning, or nearly one. The same seed gives the same. */
import { SECRET } from '../personas/den.js'
import type { Random } from '../support/random.js'

/** One thing that a client does. */
export type Action =
  | { readonly kind: 'send'; readonly bytes: Buffer }
  /** Reads nothing from now on; or reads again. */
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** Waits until others have been served a few times. */
  | { readonly kind: 'wait' }
  /** Says that it will send no more, and stays. */
  | { readonly kind: 'end' }
  /** Breaks the connection. */
  | { readonly kind: 'reset' }

const IAC = 255
const SB = 250
const SE = 240
const VERBS = [251, 252, 253, 254]
const OPTIONS = [0, 1, 3, 6, 24, 25, 31, 34, 39, 42, 86, 201, 255]
const LINES = [
  'hello',
  '/terminal',
  '',
  '   ',
  '/',
  'Grüße ✓',
  '😀'.repeat(20),
  'x'.repeat(300),
  '\t',
  '%s%n',
]
const ENDS = ['\r\n', '\n', '\r\0', '\r', '\n\r', '\r\r\n']
const PIECES = [
  '\x1b[2J',
  '\x03',
  '\x04',
  '\x08',
  '\x7f',
  '\x00',
  '\x07',
  '\u009b31m',
  '\u2028',
  '\u202e',
  '\ufeff',
  'e\u0301',
]
const BAD_UTF8 = [
  'c3',
  'c328',
  'e282',
  'f0288cbc',
  'ff',
  'fffe',
  'eda080',
  'c0af',
  'f5808080',
  '80',
  'bf',
  'fffffefeff',
]

type Maker = (random: Random) => Buffer

/** Each with how often it is drawn, in relation to the others. */
const MAKERS: [number, Maker][] = [
  [10, (random) => Buffer.from(random.pick(LINES) + random.pick(ENDS))],
  [4, login],
  [6, (random) => Buffer.from([IAC, 236 + random.below(20)])],
  [10, (random) => Buffer.from([IAC, random.pick(VERBS), option(random)])],
  [10, subnegotiation],
  [5, brokenSubnegotiation],
  [4, (random) => Buffer.from(random.pick(PIECES))],
  [4, (random) => Buffer.from(random.pick(BAD_UTF8), 'hex')],
  [4, (random) => noise(random, 1 + random.below(60))],
  [2, () => Buffer.from([IAC])],
  [1, (random) => Buffer.alloc(60_000 + random.below(20_000), random.pick(['y', 'é', ' ']))],
  [1, (random) => repeat(Buffer.from(random.pick(LINES) + random.pick(ENDS)), 2_000 + random.below(3_000))],
  [
    1,
    (random) => repeat(Buffer.from([IAC, random.pick(VERBS), option(random)]), 2_000 + random.below(8_000)),
  ],
  [1, (random) => repeat(subnegotiation(random), 50 + random.below(400))],
  [1, (random) => repeat(Buffer.from([IAC, random.pick([244, 246, 247, 248])]), 500 + random.below(2_000))],
]

const TOTAL = MAKERS.reduce((sum, [weight]) => sum + weight, 0)

/** Everything that one hostile client does. */
export function session(random: Random): Action[] {
  const actions: Action[] = []
  // Most get past the door, where there is more to break.
  if (random.below(4) > 0) actions.push({ kind: 'send', bytes: login(random) })
  const count = 1 + random.below(30)
  for (let i = 0; i < count; i++) {
    const chance = random.below(40)
    if (chance === 0) actions.push({ kind: 'pause' })
    else if (chance === 1) actions.push({ kind: 'resume' })
    else if (chance <= 4) actions.push({ kind: 'wait' })
    else actions.push(...inPieces(make(random), random))
  }
  const last = random.below(6)
  if (last === 0) actions.push({ kind: 'end' }, { kind: 'wait' })
  else if (last === 1) actions.push({ kind: 'reset' })
  else if (last === 2) actions.push({ kind: 'send', bytes: Buffer.from('/quit\r\n') }, { kind: 'wait' })
  return actions
}

/** How many bytes it sends. */
export function size(actions: readonly Action[]): number {
  return actions.reduce((sum, action) => sum + (action.kind === 'send' ? action.bytes.length : 0), 0)
}

function make(random: Random): Buffer {
  let at = random.below(TOTAL)
  for (const [weight, maker] of MAKERS) {
    if (at < weight) return maker(random)
    at -= weight
  }
  return Buffer.alloc(0)
}

/** The same bytes cut anywhere, at times with a turn of the others between. */
function inPieces(bytes: Buffer, random: Random): Action[] {
  if (bytes.length < 2 || random.below(2) === 0) return [{ kind: 'send', bytes }]
  const cut = 1 + random.below(bytes.length - 1)
  const pause: Action[] = random.below(4) === 0 ? [{ kind: 'wait' }] : []
  return [
    { kind: 'send', bytes: bytes.subarray(0, cut) },
    ...pause,
    { kind: 'send', bytes: bytes.subarray(cut) },
  ]
}

function login(random: Random): Buffer {
  const end = random.pick(ENDS)
  const secret = random.below(4) === 0 ? 'wrong' : SECRET
  return Buffer.from(`guest${random.below(1000)}${end}${secret}${end}`)
}

function option(random: Random): number {
  return random.below(5) === 0 ? random.below(256) : random.pick(OPTIONS)
}

function subnegotiation(random: Random): Buffer {
  const text = (): number[] => [
    ...Buffer.from(random.pick(['xterm-256color', 'MTTS 271', 'MTTS 99999999', '', 'é', 'A\x1b[2J'])),
  ]
  const payloads: [number, () => number[]][] = [
    [24, () => [0, ...text()]],
    [31, () => [random.below(256), random.below(256), random.below(256), random.below(256)]],
    [31, () => [...noise(random, random.below(8))]],
    [39, () => [random.below(3), 0, ...text(), 1, ...text(), 3, ...text(), 1, 2, 255]],
    [
      42,
      () => [
        random.below(7),
        32,
        ...Buffer.from(random.pick(['UTF-8', 'ISO-8859-1', 'US-ASCII', '[TTABLE]\x01;UTF-8', ''])),
      ],
    ],
    [random.below(256), () => [...noise(random, random.below(40))]],
  ]
  const [code, payload] = random.pick(payloads)
  return wrap(code, payload())
}

function brokenSubnegotiation(random: Random): Buffer {
  const whole = wrap(option(random), [...noise(random, random.below(300))])
  switch (random.below(6)) {
    case 0:
      return whole.subarray(0, random.below(whole.length))
    case 1:
      return Buffer.from([IAC, SB, IAC, SE])
    case 2:
      return Buffer.from([IAC, SB, SE])
    case 3:
      return Buffer.concat([Buffer.from([IAC, SB, option(random), IAC, random.below(256)]), whole])
    case 4:
      return wrap(option(random), [...Buffer.alloc(8_000 + random.below(1_000), 'z')])
    default:
      return Buffer.concat([
        Buffer.from([IAC, SB, option(random)]),
        Buffer.alloc(70_000, 'z'),
        Buffer.from('\nafter\r\n'),
      ])
  }
}

function wrap(code: number, payload: readonly number[]): Buffer {
  return Buffer.from([
    IAC,
    SB,
    code,
    ...payload.flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte])),
    IAC,
    SE,
  ])
}

function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)))
}

function repeat(bytes: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => bytes))
}
