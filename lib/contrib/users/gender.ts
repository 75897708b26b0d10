/** How people want to be spoken of: the mixin and the command. */
import { z } from 'zod'
import { CommandError, type CommandEvent } from '../commands/index.js'
import {
  formatPronouns,
  he,
  it,
  PRONOUN_WORD,
  type Pronouns,
  parsePronouns,
  she,
  they,
} from '../language/index.js'
import { type Mixed, type UserClass, withFields } from './mixin.js'
import { saveChange } from './save-change.js'
import { UserCommand } from './user-command.js'
import type { AnyUser } from './users.js'

/** The sets that most people use, by the word that a store keeps. */
export const pronouns = { he, she, they, it } as const

const word = z.string().regex(PRONOUN_WORD)
const own = z.object({ subject: word, object: word, possessive: word, reflexive: word })

const fields = { gender: z.union([z.enum(['he', 'she', 'they', 'it']), own]).default('they') }

export interface GenderMethods {
  readonly pronouns: Pronouns
}

/** Adds `gender` to a class of users: `he`, `she`, `they`, `it`, or pronouns of one's own; and `pronouns`. */
export function withGender<Base extends UserClass>(Base: Base): Mixed<Base, typeof fields, GenderMethods> {
  class GenderUser extends withFields(Base, fields) implements GenderMethods {
    declare gender: keyof typeof pronouns | Pronouns

    get pronouns(): Pronouns {
      return typeof this.gender === 'string' ? pronouns[this.gender] : this.gender
    }
  }
  return GenderUser as never
}

export type AnyGenderUser = AnyUser & GenderMethods & { gender: keyof typeof pronouns | Pronouns }

/** `gender [he|she|they|it]`, or pronouns of one's own: `gender xe/xem/xyr/xemself`. */
export class Gender<U extends AnyGenderUser> extends UserCommand<U> {
  is(text: string): string {
    return `People speak of you as ${text}.`
  }
  wrong = 'Choose he, she, they or it, or give four words of your own: xe/xem/xyr/xemself'

  async handler_50_gender(
    { client }: CommandEvent,
    { pronouns: typed }: { pronouns?: string | undefined },
  ): Promise<void> {
    const { me } = this
    if (typed !== undefined) {
      const gender = this.read(typed.toLowerCase())
      await saveChange(me, 'gender', () => {
        me.gender = gender
      })
    }
    client.write(this.is(formatPronouns(me.pronouns)))
  }

  private read(typed: string): keyof typeof pronouns | Pronouns {
    const parsed = parsePronouns(typed)
    if (parsed === undefined) throw new CommandError(this.wrong)
    const known = Object.entries(pronouns).find(([, set]) => set === parsed)
    return known === undefined ? parsed : (known[0] as keyof typeof pronouns)
  }
}
