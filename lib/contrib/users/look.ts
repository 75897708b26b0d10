/** Commands that show who is there. */
import stringWidth from 'string-width'
import { hr } from '../../text/styles/index.js'
import type { CommandEvent } from '../commands/index.js'
import { UserCommand } from './user-command.js'
import type { AnyUser } from './users.js'

/** `look`: who is here; the others see one look around. */
export class Look<U extends AnyUser> extends UserCommand<U> {
  toOthers(): string {
    return `${this.me.name} looks around`
  }

  handler_50_look(_event: CommandEvent): void {
    const others = this.others()
    this.users.write(others, this.toOthers())
    this.me.write(this.users.here(others))
  }
}

/** `who`: everybody who is online, and for how long they have been idle. */
export class Who<U extends AnyUser> extends UserCommand<U> {
  title = 'Online'

  /** What stands behind a name: override it to show more, such as a score. */
  about(user: U): string {
    return user.client === undefined ? '' : `idle for ${user.client.idleInWords}`
  }

  handler_50_who({ client }: CommandEvent): void {
    const people = this.people()
    const width = Math.max(0, ...people.map(({ name }) => stringWidth(name)))
    const lines = people.map((user) =>
      `${user.name}${' '.repeat(width - stringWidth(user.name))}  ${this.about(user)}`.trimEnd(),
    )
    client.write(hr(this.title), ...lines, hr())
  }
}

/** `users`: all accounts. */
export class ListUsers<U extends AnyUser> extends UserCommand<U> {
  title = 'Users'
  onlineText(names: string): string {
    return `Online: ${names}`
  }
  offlineText(names: string, more: number): string {
    return `Offline: ${names}${more > 0 ? ` and ${more} more` : ''}`
  }
  nobody = 'nobody'
  /** Accounts of people who are offline are read from disk, so no more than this are. */
  most = 100

  async handler_50_users({ client }: CommandEvent): Promise<void> {
    const { store, online } = this.users
    const keys = (await store.keys()).filter((key) => store.get(key)?.online !== true)
    const offline: U[] = []
    for (const key of keys.slice(0, this.most)) {
      const user = await store.load(key, { activate: false }).catch(() => undefined)
      if (user !== undefined) offline.push(user)
    }
    client.write(
      hr(this.title),
      this.onlineText(this.users.listNames(online) || this.nobody),
      this.offlineText(
        offline.map(({ name }) => name).join(', ') || this.nobody,
        keys.length - offline.length,
      ),
      hr(),
    )
  }
}
