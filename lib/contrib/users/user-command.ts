/** What commands of users have in common. */
import { Handler } from '../../index.js'
import { CommandError, type CommandEvent } from '../commands/index.js'
import type { AnyUser, Users } from './users.js'

/** A command of somebody who is logged in. Texts and steps are there to be overridden. */
export abstract class UserCommand<U extends AnyUser> extends Handler<CommandEvent> {
  readonly users: Users<U>
  notLoggedIn = 'You are not logged in. Please connect again.'

  constructor(users: Users<U>) {
    super()
    this.users = users
  }

  /** Who uses the command. @throws CommandError where nobody is logged in. */
  protected get me(): U {
    const user = this.users.of(this.event.client)
    if (user === undefined) throw new CommandError(this.notLoggedIn)
    return user
  }

  /** Who takes part, `me` included: everybody who is logged in. A game may choose those in the same room. */
  protected people(): U[] {
    return this.users.online
  }

  protected others(): U[] {
    const { me } = this
    return this.people().filter((user) => user !== me)
  }
}
