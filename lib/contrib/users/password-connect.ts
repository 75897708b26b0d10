/** Logging in with a password, and making accounts. */
import { step } from '../../conversation/index.js'
import { type events, InvalidOptionError } from '../../index.js'
import { confirm, password as passwordPrompt } from '../../prompts/index.js'
import type { Store } from '../../storage/index.js'
import { AccountRate } from './account-rate.js'
import { Attempts } from './attempts.js'
import { checkMixin } from './checks.js'
import { asClient, ConnectFlow } from './connect.js'
import { hashPassword } from './hash.js'
import { checkNothing, type PasswordMethods } from './password.js'
import { askNewPassword, checkAttempt, newPasswordTexts } from './password-flow.js'
import type { AnyUser, Users } from './users.js'

export type AnyPasswordUser = AnyUser & PasswordMethods & { password: string } & Store

/** One for each service, so that all connections count together. */
const attemptsOf = new WeakMap<object, Attempts>()

/** The wrong passwords of a service, as its flows and commands count them. */
export function attemptsFor(
  users: { readonly service: object },
  options?: ConstructorParameters<typeof Attempts>[0],
): Attempts {
  if (typeof users?.service !== 'object' || users.service === null)
    throw new InvalidOptionError('attemptsFor()', 'users', users, 'what new Users(service, User) gives')
  const known = attemptsOf.get(users.service)
  if (known !== undefined) return known
  const attempts = new Attempts(options)
  attemptsOf.set(users.service, attempts)
  return attempts
}

/** One for each service, for the same reason. */
const ratesOf = new WeakMap<object, AccountRate>()

function rateFor({ service }: { readonly service: object }): AccountRate {
  const rate = ratesOf.get(service) ?? new AccountRate()
  ratesOf.set(service, rate)
  return rate
}

/** `service.listen(events.Connect, () => new PasswordConnect(users))` */
export class PasswordConnect<U extends AnyPasswordUser> extends ConnectFlow<U> {
  readonly attempts: Attempts
  /** Whether strangers may make accounts. If not, a name without an account is asked for a password like any other. */
  createsAccounts = true
  /** Wrong passwords after which the connection is closed. */
  mostWrong = 3
  newPassword = newPasswordTexts

  noAccount(name: string): string {
    return `No account is called ${name}.`
  }
  createPrompt = 'Create it? (yes/no) '
  passwordPrompt = 'Password: '
  wrongPassword = 'Wrong password.'
  tryLater = 'There were too many wrong passwords. Please try again in some minutes.'
  created = 'Account created.'
  tooManyAccounts = 'Too many accounts have been made from your address. Please try again in an hour.'

  protected hash = ''
  protected wrong = 0

  constructor(users: Users<U>) {
    super(users)
    checkMixin(`new ${new.target.name}()`, users, 'password', 'withPassword')
    this.attempts = attemptsFor(users)
  }

  /** Whoever has an account may use it, whatever rules there are for names by now. */
  protected override async problemOf(typed: string): Promise<string | undefined> {
    const problem = await super.problemOf(typed)
    if (problem === undefined) return undefined
    const isThere = await step('look for an account of that name', () => this.users.has(typed))
    return isThere ? undefined : problem
  }

  /** For a name that has no account. */
  async handler_30_offer({ client }: events.Connect): Promise<void> {
    if (this.user !== undefined || !this.createsAccounts) return
    client.write(this.noAccount(this.name))
    const problem = await step('look for similar names', async () => {
      if (!rateFor(this.users).allows(...this.origin())) return this.tooManyAccounts
      return (await this.users.isSimilar(this.name)) ? this.users.names.tooSimilar : ''
    })
    if (problem !== '') {
      client.write(problem)
      this.beginAgain()
      return
    }
    const timeout = this.patience
    if (!(await this.wait(() => confirm(asClient(client), { message: this.createPrompt, timeout }))))
      this.beginAgain()
  }

  /** A new password, or the right one. */
  override async handler_50_identify({ client, service }: events.Connect): Promise<void> {
    if (this.user === undefined && this.createsAccounts) {
      const typed = await this.wait(() => askNewPassword(asClient(client), this.newPassword, this.patience))
      // Before the hash, which is what costs.
      const problem = await step('take a turn to make an account', () => this.takeTurn())
      if (problem !== '') {
        client.write(problem)
        this.beginAgain()
        return
      }
      // A step, since it would be another one each time: by it step 60 knows an account that this flow has made.
      this.hash = await step('hash the password', () =>
        hashPassword(typed, { from: client.remoteAddress, signal: client.signal }),
      )
      return
    }
    const { user, attempts } = this
    const message = this.passwordPrompt
    const typed = await this.wait(() => passwordPrompt(asClient(client), { message, timeout: this.patience }))
    const verdict = await step('check the password', () =>
      checkAttempt(typed, {
        attempts,
        client: asClient(client),
        service,
        account: this.users.names.key(this.name),
        check: (password, options) =>
          user?.checkPassword(password, options) ?? checkNothing(password, options),
      }),
    )
    if (verdict === 'right') return
    if (verdict === 'later') {
      this.refuse(this.tryLater)
      return
    }
    this.wrong += 1
    if (this.wrong >= this.mostWrong) {
      this.refuse(this.wrongPassword)
      return
    }
    client.write(this.wrongPassword)
    this.beginAgain()
  }

  async handler_60_create({ client }: events.Connect): Promise<void> {
    if (this.user !== undefined) return
    const { users, name, hash } = this
    const problem = await step('create the account', async ({ again }) => {
      // A process before this one may have made it, and have died then.
      if (again && (await users.load(name))?.password === hash) return ''
      return (await users.create(name, { password: hash } as Partial<U>)) === undefined ? this.taken : ''
    })
    // Undefined where it has been deleted again by now.
    const user = problem === '' ? await users.load(name) : undefined
    if (user !== undefined) {
      this.user = user
      client.write(this.created)
      return
    }
    client.write(problem || this.noAccount(name))
    this.beginAgain()
  }

  /**
   * Counts an account that is about to be made, whatever becomes of it: its hash is computed even where another one is made
   * first.
   *
   * @returns what is in the way; empty if nothing is.
   */
  private async takeTurn(): Promise<string> {
    const { users, name } = this
    // Somebody may have made one of this name, or of one that looks like it, since they were asked.
    if ((await users.load(name)) !== undefined || (await users.isSimilar(name))) return this.taken
    return rateFor(users).take(...this.origin()) ? '' : this.tooManyAccounts
  }

  /** Where a new account would come from, what the setting says of that, and when. */
  private origin(): [address: string | undefined, setting: number | undefined, now: number] {
    const { client, service } = this.event
    const { maxAccountRate } = service.settings as { maxAccountRate?: number }
    return [client.remoteAddress, maxAccountRate, service.clock.now()]
  }

  override taken = 'Somebody has just taken that name, or one that looks like it.'
}
