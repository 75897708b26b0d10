/** Socials: `dance bob` is `You dance with bob` to who dances, `ann dances with you` to bob, and `ann dances with bob` to others. */
import { checkText } from '../../errors.js'
import { CommandError, type CommandEvent } from '../commands/index.js'
import { directedAction, type Pronouns, type Socials, socials } from '../language/index.js'
import { checkSocials } from './checks.js'
import { UserCommand } from './user-command.js'
import type { AnyUser, Users } from './users.js'

/** A user; 'they', unless there is a word of theirs about it (`withGender`). */
export type AnySocialUser = AnyUser & { readonly pronouns?: Pronouns | undefined }

/** One verb: `dance [with whom, and how]`. */
export class Social<U extends AnySocialUser> extends UserCommand<U> {
  readonly verb: string
  readonly socials: Socials
  /** Characters of what is typed behind the verb. Each short word can become a long one in what everybody reads. */
  longest = 300

  tooLong(): string {
    return `That is too long: ${this.longest} characters at most.`
  }

  /**
   * @param circle see `UserCommand`.
   * @param table the verbs that there are; those of the language unless said otherwise.
   */
  constructor(users: Users<U>, verb: string, circle?: (me: U) => readonly U[], table: Socials = socials) {
    super(users, circle)
    checkText('new Social()', 'verb', verb)
    checkSocials('new Social()', table)
    this.verb = verb
    this.socials = table
  }

  handler_50_social(_event: CommandEvent, { rest = '' }: { rest?: string | undefined }): void {
    if (rest.length > this.longest) throw new CommandError(this.tooLong())
    const { me } = this
    const people = this.people()
    const { socials } = this
    const action = directedAction(`${this.verb} ${rest}`.trim(), people, { socials })
    for (const person of new Set([me, ...people])) person.write(action.seenBy(person, me))
  }
}
