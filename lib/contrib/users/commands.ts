/** Registers the commands of users. Each can be left out or replaced: register another of its name afterwards. */
import { checkMethods } from '../../errors.js'
import type { AnyRegistry } from '../commands/index.js'
import { type Socials, socials } from '../language/index.js'
import { type AnyAdminUser, ifAdmin, ListAdmins, SetAdmin } from './admin.js'
import { ChangePassword } from './change-password.js'
import { checkCircle, checkMixin, checkSocials, checkUsers } from './checks.js'
import { type AnyGenderUser, Gender } from './gender.js'
import { ListUsers, Look, Who } from './look.js'
import type { AnyPasswordUser } from './password-connect.js'
import { type AnySocialUser, Social } from './social.js'
import { Emote, Say, Tell } from './talk.js'
import type { AnyUser, Users } from './users.js'

/** `say`, `emote`, `tell`, `look`, `who`, `users`, and the aliases `'`, `;`, `>` and `l`. */
export function userCommands<U extends AnyUser>(commands: AnyRegistry, users: Users<U>): void {
  check('userCommands()', commands, users)
  commands.register(
    'say',
    { args: '<message:text>', help: 'Says something to everybody here.' },
    () => new Say(users),
  )
  commands.register(
    'emote',
    { args: '<action:text>', help: 'Shows everybody here what you do.' },
    () => new Emote(users),
  )
  commands.register(
    'tell',
    {
      args: '<users:word,...> <message:text>',
      help: 'Tells one person something, or several: tell bob, cat hello',
    },
    () => new Tell(users),
  )
  commands.register('look', { help: 'Looks around.' }, () => new Look(users))
  commands.register('who', { help: 'Shows who is online.' }, () => new Who(users))
  commands.register('users', { help: 'Lists all accounts.' }, () => new ListUsers(users))
  commands.alias(/^'/, 'say ')
  commands.alias(/^;/, 'emote ')
  commands.alias(/^>/, 'tell ')
  commands.alias(/^l$/, 'look')
}

/**
 * A command for each of some 280 verbs, in the group `social`. One that is registered already is left as it is, so that
 * `look` stays `look`.
 *
 * @param circle who sees it: see `UserCommand`.
 * @param table the verbs: `{ ...socials, boogie: 'with' }`, or some of them.
 */
export function socialCommands<U extends AnySocialUser>(
  commands: AnyRegistry,
  users: Users<U>,
  circle?: (me: U) => readonly U[],
  table: Socials = socials,
): void {
  check('socialCommands()', commands, users)
  checkCircle('socialCommands()', circle)
  checkSocials('socialCommands()', table)
  for (const verb of Object.keys(table)) {
    if (commands.has(verb)) continue
    const options = { args: '[rest:text]', group: 'social' } as const
    commands.register(verb, options, () => new Social(users, verb, circle, table))
  }
}

/** `password` */
export function passwordCommands<U extends AnyPasswordUser>(commands: AnyRegistry, users: Users<U>): void {
  check('passwordCommands()', commands, users)
  checkMixin('passwordCommands()', users, 'password', 'withPassword')
  commands.register('password', { help: 'Changes your password.' }, () => new ChangePassword(users))
}

/** `admin`, and for admins `set_admin`. */
export function adminCommands<U extends AnyAdminUser>(commands: AnyRegistry, users: Users<U>): void {
  check('adminCommands()', commands, users)
  checkMixin('adminCommands()', users, 'isAdmin', 'withAdmin')
  commands.register('admin', { help: 'Lists the admins.' }, () => new ListAdmins(users))
  commands.register(
    'set_admin',
    { args: '<user> <state:on|off>', help: 'Makes somebody an admin, or no longer one.', can: ifAdmin },
    () => new SetAdmin(users),
  )
}

/** `gender` */
export function genderCommands<U extends AnyGenderUser>(commands: AnyRegistry, users: Users<U>): void {
  check('genderCommands()', commands, users)
  checkMixin('genderCommands()', users, 'gender', 'withGender')
  commands.register(
    'gender',
    {
      args: '[pronouns]',
      syntax: '[he|she|they|it|OWN/WORDS/OF/YOURS]',
      help: 'Shows or sets how people speak of you.',
    },
    () => new Gender(users),
  )
}

/** @throws InvalidOptionError */
function check(where: string, commands: AnyRegistry, users: unknown): void {
  checkMethods(where, 'commands', commands, ['register'], 'a CommandRegistry')
  checkUsers(where, users)
}
