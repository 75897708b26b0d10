/** How people want to be spoken of: the mixin and the command. */
import { z } from 'zod'
import { CommandError, type CommandEvent } from '../commands/index.js'
import { type Mixed, type UserClass, withFields } from './mixin.js'
import { UserCommand } from './user-command.js'
import type { AnyUser } from './users.js'

/** `she` sees `her`, `her` dog, by `herself`. */
export interface Pronouns {
  readonly subject: string
  readonly object: string
  readonly possessive: string
  readonly self: string
}

export const pronouns = {
  he: { subject: 'he', object: 'him', possessive: 'his', self: 'himself' },
  she: { subject: 'she', object: 'her', possessive: 'her', self: 'herself' },
  they: { subject: 'they', object: 'them', possessive: 'their', self: 'themselves' },
  it: { subject: 'it', object: 'it', possessive: 'its', self: 'itself' },
} as const satisfies Record<string, Pronouns>

const word = z.string().regex(/^\p{L}{1,15}$/u)
const own = z.object({ subject: word, object: word, possessive: word, self: word })

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
      me.gender = this.read(typed.toLowerCase())
      await me.save()
    }
    const { subject, object, possessive, self } = me.pronouns
    client.write(this.is([subject, object, possessive, self].join('/')))
  }

  private read(typed: string): keyof typeof pronouns | Pronouns {
    if (Object.hasOwn(pronouns, typed)) return typed as keyof typeof pronouns
    const [subject, object, possessive, self, ...more] = typed.split('/')
    const parsed = own.safeParse({ subject, object, possessive, self })
    if (!parsed.success || more.length > 0) throw new CommandError(this.wrong)
    return parsed.data
  }
}
