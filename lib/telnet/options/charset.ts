/**
 * CHARSET (RFC 2066). The side that performs the option may send a list of encodings. The other side picks one, which
 * from then on applies to text in both directions. The service sends its list (UTF-8 first) to a peer that agrees, and
 * answers a peer's.
 */
import { OPTION } from '../constants.js'
import type { OptionContext, TelnetOption } from '../option.js'
import { ascii, printable } from '../printable.js'
import type { Encoding } from '../terminal.js'

const REQUEST = 1
const ACCEPTED = 2
const REJECTED = 3
const TTABLE_IS = 4
const TTABLE_REJECTED = 5

/** In order of preference, by their IANA names. */
const ENCODINGS: readonly (readonly [name: RegExp, Encoding])[] = [
  [/^UTF-?8$/i, 'utf-8'],
  [/^(ISO[-_ ]?8859-1|LATIN-?1)$/i, 'latin1'],
  [/^(US-)?ASCII$/i, 'ascii'],
]
const OFFER = Uint8Array.of(REQUEST, ...ascii(';UTF-8;ISO-8859-1;US-ASCII'))

// The value of `memory` while the service's request is unanswered.
const REQUESTED = 'requested'

export const charset: TelnetOption = {
  code: OPTION.CHARSET,
  name: 'CHARSET',
  us: 'offer',
  them: 'accept',

  onEnable(side, context) {
    if (side === 'us' && context.reply(OFFER)) context.memory = REQUESTED
  },

  onDisable(side, context) {
    if (side === 'us') context.memory = undefined
  },

  subnegotiation(payload, context) {
    const rest = payload.subarray(1)
    if (payload[0] === REQUEST && context.isEnabled('them')) answer(rest, context)
    else if (payload[0] === TTABLE_IS) context.reply(Uint8Array.of(TTABLE_REJECTED))
    else if (context.memory === REQUESTED && (payload[0] === ACCEPTED || payload[0] === REJECTED)) {
      context.memory = undefined
      const encoding = payload[0] === ACCEPTED ? encodingOf(printable(rest, 40)) : undefined
      if (encoding) use(encoding, context)
    }
  },
}

function answer(request: Uint8Array, context: OptionContext): void {
  // Both sides have sent a request: by RFC 2066 the server ignores the client's, and the client answers.
  if (context.memory === REQUESTED) return
  const names = namesIn(request)
  for (const [pattern, encoding] of ENCODINGS) {
    const name = names.find((name) => pattern.test(name))
    if (name === undefined) continue
    // If the answer was not sent, the encoding has not changed.
    if (context.reply(Uint8Array.of(ACCEPTED, ...ascii(name)))) use(encoding, context)
    return
  }
  context.reply(Uint8Array.of(REJECTED))
}

/** `["[TTABLE]" version] { separator name … }`; translation tables are not supported, so that part is skipped. */
function namesIn(request: Uint8Array): string[] {
  const text = Buffer.from(request).toString('latin1')
  const list = /^\[TTABLE\]/i.test(text) ? text.slice(9) : text
  return list.slice(1).split(list[0] ?? ' ')
}

function encodingOf(name: string): Encoding | undefined {
  return ENCODINGS.find(([pattern]) => pattern.test(name))?.[1]
}

function use(encoding: Encoding, { terminal, emit }: OptionContext): void {
  if (terminal.encoding === encoding) return
  terminal.encoding = encoding
  emit({ type: 'terminal', learned: 'encoding' })
}
