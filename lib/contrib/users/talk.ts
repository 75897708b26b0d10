/** Commands by which people talk. */
import { listInWords } from '../../text/styles/index.js'
import { CommandError, type CommandEvent } from '../commands/index.js'
import { UserCommand } from './user-command.js'
import type { AnyUser } from './users.js'

/** So many names that nobody has are said again. */
const MOST_NAMED = 5

/** `say <message>` */
export class Say<U extends AnyUser> extends UserCommand<U> {
  toMe(message: string): string {
    return `You say: ${message}`
  }
  toOthers(message: string): string {
    return `${this.me.name} says: ${message}`
  }

  handler_50_say(_event: CommandEvent, { message }: { message: string }): void {
    this.me.write(this.toMe(message))
    this.users.write(this.others(), this.toOthers(message))
  }
}

/** `emote <action>`: `ann smiles`, and `ann's dog barks`. */
export class Emote<U extends AnyUser> extends UserCommand<U> {
  toAll(action: string): string {
    return `${this.me.name}${/^['’]s\b/.test(action) ? '' : ' '}${action}`
  }

  handler_50_emote(_event: CommandEvent, { action }: { action: string }): void {
    const { me } = this
    this.users.write([me, ...this.others()], this.toAll(action))
  }
}

/** `tell <users, ...> <message>`: people anywhere, not only those in the same place. */
export class Tell<U extends AnyUser> extends UserCommand<U> {
  toSelf = 'Why would you want to tell yourself that?'
  /** People who are told at once: each hears who the others are, so a line to 1,000 would become 5 MB. */
  most = 50
  tooMany(): string {
    return `You can tell ${this.most} people at most at once.`
  }
  /** @param names each once, as they were typed. */
  unknown(names: readonly string[]): string {
    const shown = names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED), 'any of the others'] : names
    return `Nobody here is called ${listInWords(shown, 'or')}.`
  }
  toMe(targets: readonly U[], message: string): string {
    return `You tell ${this.users.listNames(targets)}: ${message}`
  }
  /** @param others who else is told. */
  toTarget(others: readonly U[], message: string): string {
    return `${this.me.name} tells ${listInWords(['you', ...others.map(({ name }) => name)])}: ${message}`
  }

  handler_50_tell(
    _event: CommandEvent,
    { users: names, message }: { users: string[]; message: string },
  ): void {
    const { me } = this
    const targets = this.find(names)
    if (targets.includes(me)) throw new CommandError(this.toSelf)
    if (targets.length > this.most) throw new CommandError(this.tooMany())
    me.write(this.toMe(targets, message))
    for (const target of targets) {
      target.write(
        this.toTarget(
          targets.filter((other) => other !== target),
          message,
        ),
      )
    }
  }

  /** Each of them once, in the order in which they were named. */
  protected find(names: readonly string[]): U[] {
    const people = new Set(this.people())
    const found = new Set<U>()
    const unknown = new Map<string, string>()
    for (const name of names) {
      const user = this.users.find(name)
      if (user === undefined || !people.has(user))
        unknown.set(name.toLowerCase(), unknown.get(name.toLowerCase()) ?? name)
      else found.add(user)
    }
    if (unknown.size > 0) throw new CommandError(this.unknown([...unknown.values()]))
    return [...found]
  }
}
