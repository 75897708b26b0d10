/** What happens when somebody who is logged in goes. Does nothing for all others, and stops no other handler. */
import { type events, Handler } from '../../index.js'
import { DeletedError } from '../../storage/index.js'
import { checkUsers } from './checks.js'
import { asClient } from './connect.js'
import type { AnyUser, Users } from './users.js'

export class DisconnectFlow<U extends AnyUser> extends Handler<events.Disconnect> {
  readonly users: Users<U>
  protected user: U | undefined

  hasLeft(user: U): string {
    return `${user.name} has left`
  }

  constructor(users: Users<U>) {
    super()
    checkUsers(`new ${new.target.name}()`, users)
    this.users = users
  }

  handler_10_log_out({ client }: events.Disconnect): void {
    const { state } = asClient(client)
    this.user = this.users.detach(asClient(client))
    if (this.user !== undefined) {
      // In its state, so that the next process knows whom this one may not come to save.
      state.leaving = this.user
      return
    }
    const { leaving } = state
    const isCutShort = leaving instanceof this.users.store.storeClass && !leaving.online
    this.user = isCutShort ? leaving : undefined
    // The others have been told.
    this.handlers = isCutShort ? [this.handler_90_save] : []
  }

  handler_50_announce(): void {
    const user = this.user as U
    this.users.write(this.others(user), this.hasLeft(user))
  }

  async handler_90_save({ service }: events.Disconnect): Promise<void> {
    const user = this.user as U
    user.lastSeen = service.datetime
    try {
      await user.save()
    } catch (error) {
      if (error instanceof DeletedError) return
      // Not released: what is not saved is still in memory.
      throw error
    }
    // Its owner may have come back meanwhile.
    if (!user.online) this.users.store.release(user)
  }

  /** Who is told. */
  protected others(user: U): U[] {
    return this.users.online.filter((other) => other !== user)
  }
}
