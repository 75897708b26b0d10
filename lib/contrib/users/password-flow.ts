/** Asking for passwords: what the login and the change of a password have in common. */
import type { Clock } from '../../index.js'
import { password as passwordPrompt } from '../../prompts/index.js'
import type { Attempts } from './attempts.js'
import type { CheckPasswordOptions } from './password.js'
import type { UserClient } from './user.js'
import type { AnyService } from './users.js'

/** The texts with which a new password is asked for; override them where they stand. */
export interface NewPasswordTexts {
  readonly leastLength: number
  readonly choosePassword: string
  readonly repeatPassword: string
  readonly passwordsDiffer: string
  readonly passwordTooShort: string
  readonly passwordTooLong: string
}

export const newPasswordTexts: NewPasswordTexts = {
  leastLength: 8,
  choosePassword: 'Choose a password (8 characters or more): ',
  repeatPassword: 'Repeat the password: ',
  passwordsDiffer: 'The passwords differ.',
  passwordTooShort: 'That password is too short.',
  passwordTooLong: 'That password is too long.',
}

/** Nobody types more, and more would only cost time. */
const LONGEST = 1_000

/** Asks for a new password, twice, without showing it. */
export function askNewPassword(
  client: UserClient,
  texts: NewPasswordTexts,
  timeout: number,
): Promise<string> {
  return passwordPrompt(client, {
    message: texts.choosePassword,
    repeat: texts.repeatPassword,
    different: texts.passwordsDiffer,
    timeout,
    validate: (typed) => {
      if ([...typed].length < texts.leastLength) return texts.passwordTooShort
      return typed.length <= LONGEST || texts.passwordTooLong
    },
  })
}

/** What a try at a password came to. `later`: so many have been wrong that this one was not even looked at. */
export type Verdict = 'right' | 'wrong' | 'later'

export interface PasswordCheck {
  readonly attempts: Attempts
  readonly client: UserClient
  readonly service: Pick<AnyService, 'clock' | 'log'>
  /** The account's key, also of one that there is not. */
  readonly account: string
  readonly check: (password: string, options: CheckPasswordOptions) => Promise<boolean>
}

/** Checks a password, not before earlier wrong ones allow it. Rejects when the client goes meanwhile. */
export async function checkAttempt(typed: string, given: PasswordCheck): Promise<Verdict> {
  const { attempts, client, service, account, check } = given
  const { clock } = service
  const attempt = attempts.begin(account, client.remoteAddress, clock.now())
  if (attempt === undefined) return 'later'
  if (attempt.delay > 0) await sleep(attempt.delay, clock, client.signal)
  const notSaved = (error: unknown): void => {
    const message = `A new hash of the password of ${account} could not be saved; the old one stays`
    service.log.channel('users').error(message, { error })
  }
  // Whoever has gone by its turn learns nothing, and costs nothing.
  const options = { from: client.remoteAddress, signal: client.signal, notSaved }
  const isRight = typed.length <= LONGEST && (await check(typed, options))
  if (isRight) attempt.succeeded()
  else attempt.failed()
  return isRight ? 'right' : 'wrong'
}

function sleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const onAbort = (): void => {
      clock.clearTimeout(alarm)
      reject(signal.reason)
    }
    const done = (): void => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }
    // Whoever it is for keeps the process running: by their connection, which may be another process's by now.
    const alarm = clock.setTimeout(done, ms, { keepAlive: false })
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
