/**
 * People: accounts, logging in and out, talking to each other, passwords, admins and pronouns. The subpath
 * `mara-ts/contrib/users`.
 */
export { accountSettings } from './account-rate.js'
export {
  type AnyAdminUser,
  adminSettings,
  firstAdmin,
  ifAdmin,
  ListAdmins,
  SetAdmin,
  withAdmin,
} from './admin.js'
export { type Attempt, Attempts, type AttemptsOptions } from './attempts.js'
export { MissingPackageError } from './bcrypt.js'
export { ChangePassword } from './change-password.js'
export { adminCommands, genderCommands, passwordCommands, socialCommands, userCommands } from './commands.js'
export { ConnectFlow } from './connect.js'
export { DisconnectFlow } from './disconnect.js'
export type { QueueOptions } from './fair-queue.js'
export {
  type AnyGenderUser,
  Gender,
  type GenderMethods,
  pronouns,
  withGender,
} from './gender.js'
export { hashPassword, isOutdated, passwordCost, verifyPassword } from './hash.js'
export { ListUsers, Look, Who } from './look.js'
export { type Mixed, type UserClass, withFields } from './mixin.js'
export { Names } from './names.js'
export { type CheckPasswordOptions, type PasswordMethods, withPassword } from './password.js'
export { type AnyPasswordUser, attemptsFor, PasswordConnect } from './password-connect.js'
export { type NewPasswordTexts, newPasswordTexts } from './password-flow.js'
export { type AnySocialUser, Social } from './social.js'
export { Emote, Say, Tell } from './talk.js'
export { BaseUser, type UserMethods, withUser } from './user.js'
export { UserCommand } from './user-command.js'
export { type AnyService, type AnyUser, Users } from './users.js'
