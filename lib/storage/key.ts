/**
 * The rules for keys and kinds. A key becomes a file name on any system, a column, and part of a Redis key, so it may hold
 * only what all of them allow. Keys that differ only by case are the same key, because some file systems can't tell them
 * apart.
 */
import { InvalidKeyError } from './errors.js'

/** Characters. Leaves room for the endings of file names, whose usual limit is 255 bytes. */
export const MAX_KEY_LENGTH = 100

// ASCII only, and tested before lower-casing: the Kelvin sign lower-cases to a plain k.
const ALLOWED = /^[A-Za-z0-9_-]+$/

// Windows opens a device for these, whatever the ending.
const DEVICES = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/

// Names that mean something else on a plain object that a program indexes by key.
const OBJECT_MEMBERS = new Set(['__proto__', 'constructor'])

function refusal(name: unknown): string | undefined {
  if (typeof name !== 'string')
    return `it is ${name === null ? 'null' : `of type ${typeof name}`}, not a string`
  if (name === '') return 'it is empty'
  if (name.length > MAX_KEY_LENGTH)
    return `it has ${name.length} characters; at most ${MAX_KEY_LENGTH} are allowed`
  if (!ALLOWED.test(name)) return 'only letters a to z, digits, "_" and "-" may be in it'
  const lower = name.toLowerCase()
  if (DEVICES.test(lower)) return 'it names a device on Windows'
  if (OBJECT_MEMBERS.has(lower)) return 'it names a member of every JavaScript object'
  return undefined
}

/** Whether `name` may be a key, in whatever case. */
export function isKey(name: unknown): name is string {
  return refusal(name) === undefined
}

/**
 * The key that `name` stands for: the same in lower case.
 *
 * @param what how the message calls it, such as `key of user`.
 * @throws InvalidKeyError when it may not be one.
 */
export function parseKey(name: unknown, what = 'key'): string {
  const problem = refusal(name)
  if (problem === undefined) return (name as string).toLowerCase()
  const shown =
    typeof name === 'string'
      ? JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name)
      : String(name)
  throw new InvalidKeyError(`${shown} cannot be a ${what}: ${problem}. Choose another name.`)
}
