/** Users with more rights than others: the mixin, who may do what, and the commands. */
import { z } from 'zod'
import { events } from '../../index.js'
import { hr } from '../../text/styles/index.js'
import { CommandError, type CommandEvent } from '../commands/index.js'
import { checkMixin } from './checks.js'
import { type Mixed, type UserClass, withFields } from './mixin.js'
import { saveChange } from './save-change.js'
import { UserCommand } from './user-command.js'
import type { AnyUser, Users } from './users.js'

const fields = { isAdmin: z.boolean().default(false) }

/** Adds `isAdmin` to a class of users. */
export function withAdmin<Base extends UserClass>(Base: Base): Mixed<Base, typeof fields, object> {
  return class extends withFields(Base, fields) {} as never
}

export type AnyAdminUser = AnyUser & { isAdmin: boolean }

/** For the option `can` of commands: whether whoever uses the command is logged in and an admin. */
export function ifAdmin(event: { readonly client: unknown }): boolean {
  const { user } = event as { user?: { isAdmin?: unknown } }
  return user?.isAdmin === true
}

/** The setting by which a first admin is made: `new Service({ settings: { ...adminSettings } })`. */
export const adminSettings = {
  admin: z
    .string()
    .optional()
    .describe('Name of an account that becomes an admin as the service starts. Make the account first.'),
}

/** Makes the account that the setting `admin` names an admin, as the service starts: `--admin=ann`. */
export function firstAdmin<U extends AnyAdminUser>(users: Users<U>): void {
  checkMixin('firstAdmin()', users, 'isAdmin', 'withAdmin')
  users.service.listen(events.PostStart, async ({ service }) => {
    const { admin: name } = service.settings as { admin?: string }
    if (name === undefined) return
    const user = await users.load(name)
    const log = service.log.channel('users')
    // Not made for whoever comes first: that would make the setting a gift to strangers.
    if (user === undefined)
      log.error(`There is no account ${JSON.stringify(name)} to make an admin. Make it, then restart.`)
    else if (!user.isAdmin) {
      user.isAdmin = true
      await user.save()
      log.warn(`${user.name} is an admin from now on`)
    }
  })
}

/** `admin`: lists admins. */
export class ListAdmins<U extends AnyAdminUser> extends UserCommand<U> {
  title = 'Admins'
  none = 'There are no admins.'
  onlineText(names: string): string {
    return `Online: ${names}`
  }
  offlineText(names: string): string {
    return `Offline: ${names}`
  }

  async handler_50_list({ client }: CommandEvent): Promise<void> {
    const admins = await adminsOf(this.users)
    if (admins.length === 0) throw new CommandError(this.none)
    const list = (online: boolean): string =>
      this.users.listNames(admins.filter((user) => user.online === online))
    const lines: string[] = []
    if (list(true) !== '') lines.push(this.onlineText(list(true)))
    if (list(false) !== '') lines.push(this.offlineText(list(false)))
    client.write(hr(this.title), ...lines, hr())
  }
}

/** `set_admin <user> <on|off>`: for admins. The last one stays one. */
export class SetAdmin<U extends AnyAdminUser> extends UserCommand<U> {
  unknown(name: string): string {
    return `No account is called ${name}.`
  }
  isOne(user: U): string {
    return `${user.name} is an admin.`
  }
  isNone(user: U): string {
    return `${user.name} is not an admin.`
  }
  noLonger = 'You are no longer an admin.'
  last = 'That is the last admin: make somebody else one first.'

  async handler_50_set({ client }: CommandEvent, args: { user: string; state: 'on' | 'off' }): Promise<void> {
    const text = await inTurn(this.users, () => this.set(args.user, args.state === 'on'))
    client.write(text)
  }

  private async set(name: string, isAdmin: boolean): Promise<string> {
    // Since the command began: another admin may have been faster.
    if (!this.me.isAdmin) throw new CommandError(this.noLonger)
    const user = await this.users.load(name)
    if (user === undefined) throw new CommandError(this.unknown(name))
    if (user.isAdmin !== isAdmin) {
      if (!isAdmin && (await adminsOf(this.users)).length === 1) throw new CommandError(this.last)
      await saveChange(user, 'isAdmin', () => {
        user.isAdmin = isAdmin
      })
    }
    return isAdmin ? this.isOne(user) : this.isNone(user)
  }
}

/** All admins. */
async function adminsOf<U extends AnyAdminUser>(users: Users<U>): Promise<U[]> {
  const candidates = candidatesOf.get(users) ?? new Candidates(users)
  candidatesOf.set(users, candidates)
  const admins: U[] = []
  for (const key of await candidates.keys()) {
    const user = await users.store.load(key, { activate: false }).catch(() => undefined)
    if (user?.isAdmin) admins.push(user)
  }
  return admins
}

const candidatesOf = new WeakMap<object, Candidates>()

/**
 * Accounts that may be admins'. All are read once after a start of the service, and not again each time that somebody asks;
 * one that is saved counts from then on. Who is no admin any more is left out when the list is used.
 */
class Candidates {
  readonly #users: Users<AnyAdminUser>
  #keys: Promise<Set<string>> | undefined

  constructor(users: Users<AnyAdminUser>) {
    this.#users = users
    const { service, store } = users
    const forget = (): void => {
      this.#keys = undefined
    }
    // Another back end may have other accounts, and a process that takes everything back does not know who was saved meanwhile.
    service.listen(events.PreStart, forget)
    service.listen(events.PostRestart, forget)
    service.stores.onSave((object) => {
      if (object instanceof store.storeClass)
        void this.#keys?.then((keys) => keys.add(object.key)).catch(() => {})
    })
  }

  /** Sorted. */
  async keys(): Promise<string[]> {
    this.#keys ??= this.#find()
    return [...(await this.#keys)].sort()
  }

  async #find(): Promise<Set<string>> {
    const keys = new Set<string>()
    try {
      for await (const user of this.#users.store.all()) if (user.isAdmin) keys.add(user.key)
    } catch (error) {
      this.#keys = undefined
      throw error
    }
    return keys
  }
}

const turns = new WeakMap<object, Promise<unknown>>()

/** One after another, so that two admins who unmake each other leave one. */
async function inTurn<R>(users: object, work: () => Promise<R>): Promise<R> {
  const done = (turns.get(users) ?? Promise.resolve()).then(work)
  turns.set(
    users,
    done.catch(() => {}),
  )
  return done
}
