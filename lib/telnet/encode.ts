/** Tokens to bytes. IACs in text and payloads are doubled here and nowhere else. */
import { InvalidOptionError } from '../errors.js'
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

/** @throws InvalidOptionError for what is no byte: of a larger number only the last 8 bits would be sent, and NUL for text. */
function checkByte(where: string, name: string, value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= 255) return
  throw new InvalidOptionError(where, name, value, 'a whole number from 0 to 255')
}

/** @throws InvalidOptionError */
export function negotiation(verb: Verb, option: number): Uint8Array {
  checkByte('negotiation()', 'verb', verb)
  checkByte('negotiation()', 'option', option)
  return Uint8Array.of(IAC, verb, option)
}

/** @throws InvalidOptionError */
export function command(code: number): Uint8Array {
  checkByte('command()', 'code', code)
  return Uint8Array.of(IAC, code)
}

/** @throws InvalidOptionError for what is no option, and for a payload that is no bytes, such as text. */
export function checkSubnegotiation(where: string, option: number, payload: Uint8Array): void {
  checkByte(where, 'option', option)
  if (!(payload instanceof Uint8Array))
    throw new InvalidOptionError(where, 'payload', payload, "bytes, such as Buffer.from('Core.Hello')")
}

/** `IAC SB option payload IAC SE`, with the IACs of the payload doubled. @throws InvalidOptionError */
export function subnegotiation(option: number, payload: Uint8Array): Uint8Array {
  checkSubnegotiation('subnegotiation()', option, payload)
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
