/**
 * From a new connection to a user who is logged in, step by step. Every text is a property, and every step can be replaced
 * by a subclass.
 *
 * A restart goes on with a flow where it waits for a line: what it has read from elsewhere before that is read by `step`. It
 * may also begin again, with a new object, if its settings say so. Nobody is logged in before step 70, and the steps from
 * there on wait for no line.
 */
import { step } from '../../conversation/index.js'
import { type events, Handler, TimeoutError } from '../../index.js'
import { UnreadableError } from '../../storage/index.js'
import { checkUsers } from './checks.js'
import type { UserClient } from './user.js'
import type { AnyUser, Users } from './users.js'

/**
 * Logs people in by name alone: for services without accounts, whose users are of a class made by
 * `withUser(SessionStore)`. With accounts use `PasswordConnect`.
 */
export class ConnectFlow<U extends AnyUser> extends Handler<events.Connect> {
  readonly users: Users<U>
  /** Milliseconds for each answer. */
  patience = 120_000

  namePrompt = 'Name: '
  tooSlow = 'You took too long. Goodbye.'
  taken = 'Somebody of that name is here already.'
  unreadable = "That account can't be read. Please tell the administrator."
  takenOver = 'You have logged in from another connection. Goodbye.'
  welcome(user: U): string {
    return `Welcome, ${user.name}!`
  }
  hasConnected(user: U): string {
    return `${user.name} has connected`
  }
  /** For those who see a user come who has been here all the time, on another connection. */
  hasReconnected(user: U): string {
    return `${user.name} has reconnected`
  }

  /** What the person has typed, as it is kept. */
  protected name = ''
  /** The account of that name, from step 20 on; undefined up to step 60 where it is yet to be made. */
  protected user: U | undefined
  protected takesOver = false

  constructor(users: Users<U>) {
    super()
    checkUsers(`new ${new.target.name}()`, users)
    this.users = users
  }

  async handler_10_name({ client, again }: events.Connect): Promise<void> {
    // What another run of this flow has kept, which a restart or a crash has cut short, is in nobody's way.
    if (again) this.users.giveUp(asClient(client))
    for (;;) {
      const typed = await this.wait(() => asClient(client).ask(this.namePrompt, { timeout: this.patience }))
      if (typed === '') continue
      const problem = await this.problemOf(typed)
      if (problem === undefined) {
        this.name = this.users.names.normalize(typed)
        return
      }
      client.write(problem)
    }
  }

  /** Why nobody may log in by this name; undefined where somebody may. */
  protected problemOf(typed: string): string | undefined | Promise<string | undefined> {
    return this.users.names.problem(typed)
  }

  async handler_20_find({ client }: events.Connect): Promise<void> {
    // A step: who made the account in this flow, and is led here by a replay, is no owner who comes back.
    let loaded = undefined as U | undefined
    const found = await step('look for the account', async () => {
      try {
        loaded = await this.users.load(this.name)
        return loaded === undefined ? 'nobody' : 'there'
      } catch (error) {
        if (error instanceof UnreadableError) return 'unreadable'
        throw error
      }
    })
    if (found === 'unreadable') {
      client.write(this.unreadable)
      this.beginAgain()
      return
    }
    // A replay does not run the step.
    this.user = found === 'there' ? (loaded ?? (await this.users.load(this.name))) : undefined
    // An account that was written by hand, or by another program.
    if (this.user?.name === '') this.user.name = this.name
  }

  /** Without passwords nobody can show whose name it is: it belongs to whoever has it now. */
  async handler_50_identify({ client }: events.Connect): Promise<void> {
    if (this.user !== undefined) {
      client.write(this.taken)
      this.beginAgain()
      return
    }
    this.user = await this.users.create(this.name)
    if (this.user !== undefined) {
      // Whoever leaves before step 70, or begins again, must not keep the name from others.
      this.users.reserve(asClient(client), this.user)
      return
    }
    client.write(this.users.names.tooSimilar)
    this.beginAgain()
  }

  async handler_70_log_in({ client }: events.Connect): Promise<void> {
    // Gone meanwhile: then nobody sees this user come and go.
    if (!client.connected) {
      this.event.stop()
      return
    }
    const { store } = this.users
    const user = this.user as U
    // Deleted while its owner typed, and made anew: whoever has the key by now stays online.
    if ((store.get(user.key) ?? user) !== user) {
      this.beginAgain()
      return
    }
    const before = this.users.attach(asClient(client), user)
    Object.assign(this.event, { user })
    if (before !== undefined) {
      this.takesOver = true
      before.write(this.takenOver)
      void before.close()
    }
    // Active, now that the user is online: a logout that is being saved would release it before.
    const isThere = (await store.load(user.key)) === user
    // Left while the store was slow, or came back on another client: the others know that, and nothing is to follow it.
    if (user.client !== asClient(client)) {
      if (!user.online) store.release(user)
      this.event.stop()
      return
    }
    if (isThere) return
    // Deleted while its owner typed.
    this.users.detach(asClient(client))
    Object.assign(this.event, { user: undefined })
    this.beginAgain()
  }

  handler_80_announce(): void {
    const user = this.user as U
    const text = this.takesOver ? this.hasReconnected(user) : this.hasConnected(user)
    this.users.write(this.others(user), text)
  }

  handler_90_welcome({ client }: events.Connect): void {
    const user = this.user as U
    client.write(this.welcome(user), this.users.here(this.others(user)))
  }

  /** Who is told, and listed in the welcome. */
  protected others(user: U): U[] {
    return this.users.online.filter((other) => other !== user)
  }

  /** The steps from the first one on come next. */
  protected beginAgain(): void {
    this.users.giveUp(asClient(this.event.client))
    this.user = undefined
    this.name = ''
    this.handlers = this.getHandlers()
  }

  /** Writes a text and closes the connection: for steps that let not everybody in. No further step runs. */
  protected refuse(text: string): void {
    const { client } = this.event
    client.write(text)
    void client.close()
    this.event.stop()
  }

  /** An answer; whoever takes too long for one is told, and closed. */
  protected async wait<T>(answer: () => Promise<T>): Promise<T> {
    try {
      return await answer()
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error
      const { client } = this.event
      client.write(this.tooSlow)
      await client.close()
      // Ends this handler quietly: the client has gone.
      return (await client.nextLine()) as never
    }
  }
}

/** The client of an event, as one of a user. */
export function asClient(client: unknown): UserClient {
  return client as UserClient
}
