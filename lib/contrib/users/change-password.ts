/** `password`: changes one's own password. */
import { step } from '../../conversation/index.js'
import { TimeoutError } from '../../index.js'
import { password as passwordPrompt } from '../../prompts/index.js'
import { CommandError, type CommandEvent } from '../commands/index.js'
import type { Attempts } from './attempts.js'
import { type AnyPasswordUser, attemptsFor } from './password-connect.js'
import { askNewPassword, checkAttempt, newPasswordTexts } from './password-flow.js'
import { saveChange } from './save-change.js'
import { UserCommand } from './user-command.js'
import type { Users } from './users.js'

export class ChangePassword<U extends AnyPasswordUser> extends UserCommand<U> {
  readonly attempts: Attempts
  patience = 120_000
  newPassword = { ...newPasswordTexts, choosePassword: 'Choose a new password (8 characters or more): ' }
  oldPrompt = 'Your old password: '
  wrongPassword = 'Wrong password.'
  tryLater = 'There were too many wrong passwords. Please try again in some minutes.'
  tooSlow = 'You took too long. The password stays as it was.'
  changed = 'Password changed.'

  constructor(users: Users<U>) {
    super(users)
    this.attempts = attemptsFor(users)
  }

  /** Whoever finds a terminal unwatched must not be able to take the account over. */
  async handler_30_old({ client, service }: CommandEvent): Promise<void> {
    const { attempts, me } = this
    const typed = await this.wait(passwordPrompt(client, { message: this.oldPrompt, timeout: this.patience }))
    const verdict = await step('check the password', () =>
      checkAttempt(typed, {
        attempts,
        client,
        service,
        account: me.key,
        check: (password, options) => me.checkPassword(password, options),
      }),
    )
    if (verdict !== 'right') throw new CommandError(verdict === 'later' ? this.tryLater : this.wrongPassword)
  }

  async handler_50_new({ client }: CommandEvent): Promise<void> {
    const { me } = this
    const typed = await this.wait(askNewPassword(client, this.newPassword, this.patience))
    await step('save the new password', async () => {
      await saveChange(me, 'password', () => me.setPassword(typed, { from: client.remoteAddress }))
      return true
    })
    client.write(this.changed)
  }

  private async wait<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      throw error instanceof TimeoutError ? new CommandError(this.tooSlow) : error
    }
  }
}
