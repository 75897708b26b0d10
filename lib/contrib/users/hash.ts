/**
 * Passwords as they are kept: scrypt (RFC 7914) in the PHC string format, `$scrypt$ln=15,r=8,p=3$SALT$HASH`. It costs 32
 * MiB of memory and some hundred milliseconds in a thread of Node's pool, so the service goes on meanwhile.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { checkText, InvalidOptionError } from '../../errors.js'
import { isBcrypt, verifyBcrypt } from './bcrypt.js'
import { FairQueue, type QueueOptions } from './fair-queue.js'

/** What a hash costs: N is 2 to the power of `ln`. */
interface Cost {
  ln: number
  r: number
  p: number
}

interface Hash extends Cost {
  readonly salt: Buffer
  readonly hash: Buffer
}

/**
 * What new hashes cost, as OWASP recommends it. A program may raise it as machines get faster (older hashes are upgraded
 * as people log in), and lower it in its tests.
 */
export const passwordCost: Cost = { ln: 15, r: 8, p: 3 }
const SALT_BYTES = 16
const HASH_BYTES = 32

/** A hash with a higher cost than this is no hash of ours: whoever wrote it wants the service's memory. */
const HIGHEST: Cost = { ln: 20, r: 16, p: 16 }

/** Code units. In longer passwords accents stay as they are encoded: to sort those of one letter takes the square of their number. */
const LONGEST_COMPOSED = 1_000

const PHC =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{8,128})\$([A-Za-z0-9+/]{16,128})$/

/** Two at once: more would take the threads that files need, and much memory. */
const queue = new FairQueue(2)

/**
 * A new hash of a password, with a salt of its own.
 *
 * @param options for whom: whoever has many hashes computed keeps others waiting for one of them at most.
 */
export async function hashPassword(password: string, options: QueueOptions = {}): Promise<string> {
  check('hashPassword()', password, options)
  const salt = randomBytes(SALT_BYTES)
  const { ln, r, p } = passwordCost
  const hash = await derive(password, salt, HASH_BYTES, passwordCost, options)
  return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`
}

/**
 * Whether a password is the one that was hashed. The original's bcrypt forms are read as well.
 *
 * @param stored an empty or damaged one fits no password, and takes as long to say so.
 * @param options see `hashPassword`.
 */
export async function verifyPassword(
  password: string,
  stored: string,
  options: QueueOptions = {},
): Promise<boolean> {
  check('verifyPassword()', password, options)
  if (isBcrypt(stored)) return queue.run(() => verifyBcrypt(password, stored), options)
  const parsed = parse(stored)
  if (parsed === undefined) {
    await derive(password, randomBytes(SALT_BYTES), HASH_BYTES, passwordCost, options)
    return false
  }
  const hash = await derive(password, parsed.salt, parsed.hash.length, parsed, options)
  return timingSafeEqual(hash, parsed.hash)
}

/** Whether a stored hash should be replaced by a new one when its password is next at hand. */
export function isOutdated(stored: string): boolean {
  const parsed = parse(stored)
  return (
    parsed === undefined ||
    parsed.ln !== passwordCost.ln ||
    parsed.r !== passwordCost.r ||
    parsed.p !== passwordCost.p
  )
}

/** @throws InvalidOptionError */
function check(where: string, password: string, options: QueueOptions): void {
  if (typeof password !== 'string') {
    // By its type alone: it may be a password all the same.
    throw new InvalidOptionError(where, 'a password of the type', typeof password, 'text')
  }
  if (typeof options !== 'object' || options === null)
    throw new InvalidOptionError(where, 'options', options, 'an object such as { from, signal }')
  const { from = '', signal } = options
  checkText(where, 'from', from)
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
    throw new InvalidOptionError(where, 'signal', signal, 'an AbortSignal')
}

function parse(stored: string): Hash | undefined {
  const match = PHC.exec(stored)
  if (match === null) return undefined
  const [ln, r, p] = match.slice(1, 4).map(Number) as [number, number, number]
  if (ln < 1 || ln > HIGHEST.ln || r < 1 || r > HIGHEST.r || p < 1 || p > HIGHEST.p) return undefined
  return {
    ln,
    r,
    p,
    salt: Buffer.from(match[4] as string, 'base64'),
    hash: Buffer.from(match[5] as string, 'base64'),
  }
}

/** Characters that can be composed in several ways are the same, whatever keyboard they came from. */
function composed(password: string): string {
  return password.length <= LONGEST_COMPOSED ? password.normalize('NFC') : password
}

async function derive(
  password: string,
  salt: Buffer,
  length: number,
  { ln, r, p }: Cost,
  options: QueueOptions,
): Promise<Buffer> {
  const N = 2 ** ln
  const cost: ScryptOptions = { N, r, p, maxmem: 256 * (N + p) * r }
  const compute = (): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      scrypt(composed(password), salt, length, cost, (error, hash) => (error ? reject(error) : resolve(hash)))
    })
  return queue.run(compute, options)
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
