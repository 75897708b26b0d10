/** A login as people do it: a question for a name, one for a password, and what comes after. */
import type { Clock } from '../clock.js'
import { checkObject, checkText, InvalidOptionError } from '../errors.js'
import { checkMilliseconds, type WaitOptions } from '../wait.js'
import { LoginError } from './errors.js'
import type { Found, Pattern } from './pattern.js'

export interface LoginOptions extends WaitOptions {
  readonly user: string
  /** Left out where none is asked for. */
  readonly password?: string | undefined
  /** The question for the name; unless said otherwise, a line with 'login', 'user' or 'name' that ends in a colon or so. */
  readonly userPrompt?: Pattern | undefined
  /** The question for the password. */
  readonly passwordPrompt?: Pattern | undefined
  /** What is shown when it is refused. */
  readonly failure?: Pattern | undefined
  /** What is shown when it is done, such as a shell's prompt. Unless said otherwise, any text that is none of the above. */
  readonly prompt?: Pattern | undefined
  /** Milliseconds for all of it; 30 seconds unless said otherwise. */
  readonly timeout?: number | undefined
}

/** What a login needs of its connection. */
export interface LoginPeer {
  write(line: string): void
  writeSecret(line: string): void
  expect(what: readonly Pattern[], options: WaitOptions): Promise<Found>
  lookFor(what: readonly Pattern[], options: WaitOptions): Promise<Found>
  toString(): string
}

const USER = /(?:login|user ?(?:name|id)?|name)[^\n]{0,80}[:?>] *$/i
const PASSWORD = /(?:password|passphrase|passcode)[^\n]{0,200}[:?>] *$/i
const FAILURE =
  /incorrect|invalid|denied|refused|failed|failure|wrong|bad (?:password|login|user)|no account|not recogni[sz]ed|unknown user/i
/**
 * A line, or the beginning of one that waits for an answer. It is tied to the beginning of the text: tried from each
 * character of a line without end, it would take hours.
 */
const ANYTHING = /^\s*\S(?:[^\n]*\n|[^\n]*[:$#%?>] *$)/
/** As far as it has come. */
const REST_OF_LINE = /[^\n]*/

const TIMEOUT = 30_000
const OPTIONS = ['user', 'password', 'userPrompt', 'passwordPrompt', 'prompt', 'failure', 'signal', 'timeout']

/**
 * @param clean takes secrets out of a text.
 * @throws InvalidOptionError, LoginError, ExpectError, or the signal's reason.
 */
export async function login(
  peer: LoginPeer,
  options: LoginOptions,
  clock: Clock,
  clean: (text: string) => string,
): Promise<void> {
  checkObject('login()', 'options', options, "an object such as { user: 'ann', password }")
  // Without its value: what is misspelt may be the password.
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined)
    throw new InvalidOptionError('login()', 'an option', unknown, `one of these: ${OPTIONS.join(', ')}`)
  const { user, password, prompt, timeout = TIMEOUT, signal } = options
  checkMilliseconds('login()', 'timeout', timeout)
  checkText('login()', 'user', user)
  // By its type alone: it may be a password all the same.
  if (password !== undefined && typeof password !== 'string')
    throw new InvalidOptionError('login()', 'a password of the type', typeof password, 'text')
  const { userPrompt = USER, passwordPrompt = PASSWORD, failure = FAILURE } = options
  const due = clock.now() + timeout
  const left = (): WaitOptions => ({ signal, timeout: Math.max(0, due - clock.now()) })
  const refuse = async ({ before, text }: Found): Promise<never> => {
    const rest = await peer.lookFor([REST_OF_LINE], left())
    throw new LoginError(user, String(peer), clean(`${before}${text}${rest.text}`))
  }

  await peer.expect([userPrompt], left())
  peer.write(user)
  if (password !== undefined) {
    const found = await peer.expect([passwordPrompt, failure], left())
    if (found.index === 1) await refuse(found)
    peer.writeSecret(password)
  }
  if (prompt !== undefined) {
    const found = await peer.expect([prompt, failure, passwordPrompt, userPrompt], left())
    if (found.index > 0) await refuse(found)
    return
  }
  // Whoever logged in may want to read this.
  const { text } = await peer.lookFor([ANYTHING], left())
  const isRefused = [failure, passwordPrompt, userPrompt].some((pattern) =>
    typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) !== -1,
  )
  if (isRefused) throw new LoginError(user, String(peer), clean(text))
}
