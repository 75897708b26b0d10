/** Tokens to bytes. IACs in text and payloads are doubled here and nowhere else. */
import type { Token } from './codec.js'
import { IAC, SB, SE, type Verb } from './constants.js'

/** Doubles every 0xFF. Gives the same array if there is none, as there never is in UTF-8 text. */
export function escapeIac(bytes: Uint8Array): Uint8Array {
  let at = bytes.indexOf(IAC)
  if (at === -1) return bytes
  let count = 0
  for (let i = at; i !== -1; i = bytes.indexOf(IAC, i + 1)) count++
  const escaped = new Uint8Array(bytes.length + count)
  let from = 0
  let to = 0
  for (; at !== -1; at = bytes.indexOf(IAC, at + 1)) {
    escaped.set(bytes.subarray(from, at + 1), to)
    to += at + 1 - from
    escaped[to++] = IAC
    from = at + 1
  }
  escaped.set(bytes.subarray(from), to)
  return escaped
}

export function negotiation(verb: Verb, option: number): Uint8Array {
  return Uint8Array.of(IAC, verb, option)
}

export function command(code: number): Uint8Array {
  return Uint8Array.of(IAC, code)
}

/** `IAC SB option payload IAC SE`, with the IACs of the payload doubled. */
export function subnegotiation(option: number, payload: Uint8Array): Uint8Array {
  const head = option === IAC ? [IAC, SB, IAC, IAC] : [IAC, SB, option]
  const body = escapeIac(payload)
  const bytes = new Uint8Array(head.length + body.length + 2)
  bytes.set(head)
  bytes.set(body, head.length)
  bytes.set([IAC, SE], head.length + body.length)
  return bytes
}

/** The bytes that a `Decoder` reads as these tokens. An `overflow` has none. */
export function encode(tokens: Iterable<Token>): Uint8Array {
  const parts: Uint8Array[] = []
  for (const token of tokens) {
    if (token.type === 'text') parts.push(escapeIac(token.bytes))
    else if (token.type === 'command') parts.push(command(token.command))
    else if (token.type === 'negotiation') parts.push(negotiation(token.verb, token.option))
    else if (token.type === 'subnegotiation') parts.push(subnegotiation(token.option, token.payload))
  }
  return new Uint8Array(Buffer.concat(parts))
}
