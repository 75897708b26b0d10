/**
 * The people of a service: who is logged in on which client, and the accounts of all.
 *
 * ```ts
 * const users = new Users(service, User)
 * service.listen(events.Connect, () => new PasswordConnect(users))
 * service.listen(events.Disconnect, () => new DisconnectFlow(users))
 * ```
 *
 * Bind it before whatever uses `event.user`. Its type is declared by the program, once:
 * `declare module 'mara-ts' { interface ClientEventContext { user: User } }`.
 */
import { checkMethods, checkObject, InvalidOptionError } from '../../errors.js'
import { events, type Line, type Service, type WriteOptions } from '../../index.js'
import { type Manager, Store, type StoreClass, UnreadableError } from '../../storage/index.js'
import { listInWords } from '../../text/styles/index.js'
import { Names } from './names.js'
import type { BaseUser, UserClient } from './user.js'

/** Any class of users. `BaseUser` itself has its saved fields only as types. */
export type AnyUser = Pick<
  BaseUser,
  keyof BaseUser & ('name' | 'lastSeen' | 'client' | 'online' | 'write' | 'disconnect')
> &
  Store

// biome-ignore lint/suspicious/noExplicitAny: any service will do
export type AnyService = Service<any, string, any>

export class Users<U extends AnyUser> {
  readonly service: AnyService
  /** The accounts. To load one does not log anybody in. */
  readonly store: Manager<U>
  readonly #online = new Map<string, U>()
  /** The same in order, until somebody comes or leaves. Every word that is said asks who hears it: to sort 1,000 takes 1 ms. */
  #inOrder: readonly U[] | undefined
  /** Whoever was online in the process before is so here. */
  #isBack = false
  /** The keys of all accounts by what their names look like, so that a stranger's name costs no listing of them all. */
  #looks: Promise<Map<string, Set<string>>> | undefined
  /** Accounts are made one after another, so that no two names are taken that look alike. */
  #making: Promise<unknown> = Promise.resolve()

  /** Who may be called what; replace it for other rules. */
  names = new Names()

  /** @throws InvalidOptionError; DefinitionError for a class of another kind of object. */
  constructor(service: AnyService, userClass: StoreClass<U>) {
    checkMade(service, userClass)
    this.service = service
    this.store = service.stores.manager(userClass)
    service.listen(events.Client, (event) => {
      const user = this.of(event.client as UserClient)
      Object.assign(event, { user })
    })
    service.listen(events.Disconnect, ({ client }) => this.giveUp(client as UserClient))
    service.listen(events.PostStart, () => {
      this.#isBack = false
      this.#comeBack()
    })
    service.listen(events.PostRestart, () => {
      // A process that takes everything back knows who was here when it let go.
      for (const user of this.#online.values()) user.client = undefined
      this.#online.clear()
      this.#inOrder = undefined
      this.#looks = undefined
      this.#isBack = false
      this.#comeBack()
    })
    service.listen(events.PreStart, () => {
      // Another back end may have other accounts.
      this.#looks = undefined
      this.#isBack = false
    })
    service.stores.onSave((object) => {
      if (object instanceof userClass)
        void this.#looks?.then((looks) => this.#note(looks, object.key)).catch(() => {})
    })
    // Who has not finished logging in is nobody to anybody.
    service.filterAll ??= (client) => this.of(client) !== undefined
  }

  /** Who is logged in on a client; undefined before that. */
  of(client: UserClient): U | undefined {
    if (!client) throw new InvalidOptionError('of()', 'client', client, 'a client')
    const user = client.state?.user as U | undefined
    if (!(user instanceof Store)) return undefined
    // After a restart: clients and users are back, but not who belongs to whom.
    if (user.client !== client && !isCurrent(user)) this.#link(client, user)
    return user.client === client ? user : undefined
  }

  /** Everybody who is logged in, in the order of their keys. */
  get online(): U[] {
    this.#comeBack()
    this.#inOrder ??= [...this.#online.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
    return [...this.#inOrder]
  }

  /** Whoever of this name is logged in, in any case. */
  find(name: string): U | undefined {
    this.#comeBack()
    return this.#online.get(this.names.keyOfAccount(name) ?? '')
  }

  /**
   * The account of this name, whether its owner is logged in or not.
   *
   * @throws UnreadableError when what is saved can't be read.
   */
  async load(name: string): Promise<U | undefined> {
    const key = this.names.keyOfAccount(name)
    return key === undefined ? undefined : this.store.load(key, { activate: false })
  }

  /** Whether there is an account of this name, be it readable or not. */
  async has(name: string): Promise<boolean> {
    const key = this.names.keyOfAccount(name)
    return key !== undefined && this.#exists(key)
  }

  /** Whether there is an account, of another name, that could be mistaken for one of this name. */
  async isSimilar(name: string): Promise<boolean> {
    const key = this.names.key(name)
    const own = this.names.looks(key)
    for (const other of this.store.active()) {
      if (other.key !== key && this.names.looks(other.key).some((look) => own.includes(look))) return true
    }
    this.#looks ??= this.#readLooks()
    const looks = await this.#looks
    for (const other of own.flatMap((look) => [...(looks.get(look) ?? [])])) {
      // Deleted ones are noticed here.
      if (other !== key && (await this.#exists(other))) return true
    }
    return false
  }

  async #readLooks(): Promise<Map<string, Set<string>>> {
    const looks = new Map<string, Set<string>>()
    try {
      for (const key of await this.store.keys()) this.#note(looks, key)
    } catch (error) {
      this.#looks = undefined
      throw error
    }
    return looks
  }

  #note(looks: Map<string, Set<string>>, key: string): void {
    // Of those of whom nothing is saved only the active ones count, and they are at hand.
    if (!this.store.storeClass.permanent) return
    for (const look of this.names.looks(key)) looks.set(look, (looks.get(look) ?? new Set()).add(key))
  }

  /** One that can't be read is there. */
  async #exists(key: string): Promise<boolean> {
    try {
      return (await this.store.load(key, { activate: false })) !== undefined
    } catch (error) {
      if (error instanceof UnreadableError) return true
      throw error
    }
  }

  /**
   * Makes an account and saves it.
   *
   * @param values its fields, besides its name.
   * @returns undefined where there is one of this name, or of one that looks like it, by now.
   */
  async create(name: string, values: Partial<U> = {}): Promise<U | undefined> {
    checkObject('create()', 'values', values, "an object of fields, such as { email: 'ann@example.org' }")
    const made = this.#making.then(() => this.#create(name, values))
    this.#making = made.catch(() => {})
    return made
  }

  async #create(name: string, values: Partial<U>): Promise<U | undefined> {
    if ((await this.load(name)) !== undefined || (await this.isSimilar(name))) return undefined
    const fields = { ...values, name: this.names.normalize(name) }
    const user = await this.store.create(this.names.key(name), ...([fields] as never))
    let saved = false
    try {
      await user.save()
      saved = true
    } finally {
      // Nobody is logged in yet. One that could not be saved ends here; one of which nothing is ever saved must not.
      if (!saved || this.store.storeClass.permanent) this.store.release(user)
    }
    return user
  }

  /** Keeps a user of whom nothing is saved for a client that is yet to log in as that. */
  reserve(client: UserClient, user: U): void {
    // In its state, so that the next process knows it, too.
    if (!this.store.storeClass.permanent) client.state.newcomer = user
  }

  /** Ends the user that was kept for a client, unless somebody has logged in as that: the name is free again. */
  giveUp(client: UserClient): void {
    checkObject('giveUp()', 'client', client, 'a client')
    const newcomer: unknown = client.state?.newcomer
    if (!(newcomer instanceof this.store.storeClass)) return
    client.state.newcomer = undefined
    if (!newcomer.online) this.store.release(newcomer)
  }

  /**
   * Logs a user in on a client.
   *
   * @returns the client on which the user was logged in before, and is no longer.
   */
  attach(client: UserClient, user: U): UserClient | undefined {
    checkObject('attach()', 'client', client, 'a client')
    checkObject('attach()', 'user', user, 'a user, such as load() gives')
    const before = user.client
    if (before !== undefined) before.state.user = undefined
    this.#link(client, user)
    client.state.user = user
    return before === client ? undefined : before
  }

  /** Logs a client's user out. @returns who that was; undefined where nobody was logged in on it. */
  detach(client: UserClient): U | undefined {
    const user = this.of(client)
    if (user === undefined) return undefined
    client.state.user = undefined
    user.client = undefined
    // A user whose account was deleted may have a successor of the same key.
    if (this.#online.get(user.key) === user) {
      this.#online.delete(user.key)
      this.#inOrder = undefined
    }
    return user
  }

  /** Writes to some users. */
  write(users: Iterable<U>, ...lines: Line[] | [...lines: Line[], options: WriteOptions]): void {
    const clients = [...users].flatMap(({ client }) => client ?? [])
    this.service.write(clients, ...(lines as Line[]))
  }

  /** Who else is here, as a sentence. */
  here(others: readonly U[]): string {
    return others.length === 0 ? 'You are alone here.' : `Here: ${others.map(({ name }) => name).join(', ')}.`
  }

  /** Names as a list in words: 'ann, bob and cat'. */
  listNames(users: readonly U[]): string {
    return listInWords(users.map(({ name }) => name))
  }

  /** Before `PostStart`, too: conversations that a restart has cut short go on before that, and speak of others. */
  #comeBack(): void {
    if (this.#isBack) return
    // Before the clients of another process are there, nobody is.
    this.#isBack = this.service.clients.size > 0
    for (const client of this.service.clients) this.of(client)
  }

  #link(client: UserClient, user: U): void {
    user.client = client
    this.#online.set(user.key, user)
    this.#inOrder = undefined
  }
}

function checkMade(service: unknown, userClass: unknown): void {
  const where = 'new Users()'
  checkMethods(where, 'service', service, ['listen'], 'a Service')
  if (typeof userClass !== 'function' || !('online' in (userClass.prototype ?? {})))
    throw new InvalidOptionError(where, 'userClass', userClass, 'a class that extends BaseUser')
}

/** Whether a user is logged in on the client that it names: while another process served, it may have gone, or logged out. */
function isCurrent(user: AnyUser): boolean {
  const { client } = user
  return client?.connected === true && client.state.user === user
}
