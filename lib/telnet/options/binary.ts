/**
 * BINARY (RFC 856): all eight bits, and no CR NUL. Agreed to when asked for, either way, and never asked for: this
 * codec passes eight bits in any case, and clients send UTF-8 without it. It says nothing of the encoding, so it
 * changes none; CHARSET does.
 */
import { OPTION } from '../constants.js'
import type { TelnetOption } from '../option.js'

export const binary: TelnetOption = { code: OPTION.BINARY, name: 'BINARY', us: 'accept', them: 'accept' }
