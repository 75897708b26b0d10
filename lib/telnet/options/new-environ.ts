/**
 * NEW-ENVIRON (RFC 1572): the peer sends the environment variables that its user exports, once (IS) and whenever they
 * change (INFO). They are not to be trusted: they are limited in number and length, sanitized, and kept in a Map, so
 * that no name is special.
 */
import { OPTION } from '../constants.js'
import type { TelnetOption } from '../option.js'
import { printable } from '../printable.js'
import { mttsOf, type TerminalFacts } from '../terminal.js'

const IS = 0
const SEND = 1
const INFO = 2
const VAR = 0
const VALUE = 1
const ESC = 2
const USERVAR = 3

/**
 * Further variables are ignored, both in one message and in all together. So a peer takes at most some 40 KB of memory,
 * and reading a message is no more work than keeping that much.
 */
export const MAX_VARIABLES = 64
/** Bytes. A variable with a longer name or value is ignored, since a cut one would be a different one. */
export const MAX_VARIABLE_NAME = 64
export const MAX_VARIABLE_VALUE = 512

export const newEnviron: TelnetOption = {
  code: OPTION.NEW_ENVIRON,
  name: 'NEW-ENVIRON',
  us: 'refuse',
  them: 'offer',

  onEnable(side, context) {
    // Without a list, which asks for all that the client's user exports.
    if (side === 'them') context.reply(Uint8Array.of(SEND))
  },

  subnegotiation(payload, { terminal, emit }) {
    if (payload[0] !== IS && payload[0] !== INFO) return
    let changed = false
    let count = 0
    for (const { name, value } of variablesIn(payload.subarray(1))) {
      changed = set(terminal, name, value) || changed
      if (++count === MAX_VARIABLES) break
    }
    if (changed) emit({ type: 'terminal', learned: 'environment' })
  },
}

function set(terminal: TerminalFacts, rawName: Uint8Array, rawValue: Uint8Array | undefined): boolean {
  if (rawName.length > MAX_VARIABLE_NAME || (rawValue?.length ?? 0) > MAX_VARIABLE_VALUE) return false
  const name = printable(rawName, MAX_VARIABLE_NAME)
  const value = rawValue && printable(rawValue, MAX_VARIABLE_VALUE)
  const { environment } = terminal
  if (name === '' || environment.get(name) === value) return false
  if (!environment.has(name) && environment.size >= MAX_VARIABLES) return false
  terminal.setVariable(name, value)
  // The Mud New-Environ Standard sends the bits of MTTS here too, and again when they change.
  if (name === 'MTTS' && value) terminal.mtts = mttsOf(`MTTS ${value}`) ?? terminal.mtts
  return true
}

interface Variable {
  readonly name: Uint8Array
  readonly value: Uint8Array | undefined
}

/**
 * `type name [ VALUE value ] …`, where ESC makes the next byte a plain one. A name without VALUE is a variable that
 * does not exist, or not any more.
 */
function* variablesIn(bytes: Uint8Array): Generator<Variable> {
  let name: number[] | undefined
  let value: number[] | undefined
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === VAR || byte === USERVAR) {
      if (name) yield variable(name, value)
      name = []
      value = undefined
    } else if (byte === VALUE) {
      // A second VALUE is no part of the grammar; it begins the value anew.
      value = []
    } else {
      const plain = byte === ESC ? bytes[++at] : byte
      if (plain !== undefined) (value ?? name)?.push(plain)
    }
  }
  if (name) yield variable(name, value)
}

function variable(name: readonly number[], value: readonly number[] | undefined): Variable {
  return { name: Uint8Array.from(name), value: value && Uint8Array.from(value) }
}
