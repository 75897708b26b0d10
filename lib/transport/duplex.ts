/** What can be a connection besides a socket: any Node Duplex of bytes. */
import { Duplex } from 'node:stream'
import { InvalidDuplexError } from './errors.js'

/** @throws InvalidDuplexError for everything that can't carry bytes both ways. */
export function checkDuplex(value: unknown): Duplex {
  if (!(value instanceof Duplex)) {
    const kind = typeof value === 'object' && value !== null ? value.constructor?.name : typeof value
    throw new InvalidDuplexError(`got ${value === null ? 'null' : (kind ?? 'an object')}`)
  }
  if (value.readableObjectMode || value.writableObjectMode)
    throw new InvalidDuplexError('got one in object mode')
  return value
}
