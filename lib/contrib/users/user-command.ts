/** What commands of users have in common. */
import { Handler } from '../../index.js'
import { CommandError, type CommandEvent } from '../commands/index.js'
import { checkCircle, checkUsers } from './checks.js'
import type { AnyUser, Users } from './users.js'

/** A command of somebody who is logged in. Texts and steps are there to be overridden. */
export abstract class UserCommand<U extends AnyUser> extends Handler<CommandEvent> {
  readonly users: Users<U>
  readonly #circle: (me: U) => readonly U[]
  notLoggedIn = 'You are not logged in. Please connect again.'

  /**
   * @param circle who takes part in what somebody does, that person included: everybody who is logged in, unless said
   * otherwise. A game may give those in the same room.
   */
  constructor(users: Users<U>, circle: (me: U) => readonly U[] = () => users.online) {
    super()
    checkUsers(`new ${new.target.name}()`, users)
    checkCircle(`new ${new.target.name}()`, circle)
    this.users = users
    this.#circle = circle
  }

  /** Who uses the command. @throws CommandError where nobody is logged in. */
  protected get me(): U {
    const user = this.users.of(this.event.client)
    if (user === undefined) throw new CommandError(this.notLoggedIn)
    return user
  }

  /** Who takes part, `me` included. */
  protected people(): readonly U[] {
    return this.#circle(this.me)
  }

  protected others(): U[] {
    const { me } = this
    return this.people().filter((user) => user !== me)
  }
}
