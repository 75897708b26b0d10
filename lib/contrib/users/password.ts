/** Users who have a password. */
import { z } from 'zod'
import type { QueueOptions } from './fair-queue.js'
import { hashPassword, isOutdated, verifyPassword } from './hash.js'
import { type Mixed, type UserClass, withFields } from './mixin.js'
import { saveChange } from './save-change.js'

const fields = {
  /** A hash, see `hash.ts`; empty for an account that nobody can log in to. */
  password: z.string().default(''),
}

export interface PasswordMethods {
  /** Does not save it. */
  setPassword(password: string, options?: QueueOptions): Promise<void>
  /**
   * Whether it is the right one. If so, a hash of an older kind is replaced and saved; where that fails, the old one stays,
   * and the password is right all the same.
   */
  checkPassword(password: string, options?: CheckPasswordOptions): Promise<boolean>
}

export interface CheckPasswordOptions extends QueueOptions {
  /** Is told why a new hash could not be saved. Without it, that is a warning of the process. */
  readonly notSaved?: (error: unknown) => void
}

/** Adds a password to a class of users: `class User extends withPassword(BaseUser) {}`. */
export function withPassword<Base extends UserClass>(
  Base: Base,
): Mixed<Base, typeof fields, PasswordMethods> {
  class PasswordUser extends withFields(Base, fields) implements PasswordMethods {
    declare password: string

    async setPassword(password: string, options?: QueueOptions): Promise<void> {
      this.password = await hashPassword(password, options)
    }

    async checkPassword(password: string, options: CheckPasswordOptions = {}): Promise<boolean> {
      const { password: stored } = this
      if (!(await verifyPassword(password, stored, options))) return false
      if (isOutdated(stored)) {
        const hash = await hashPassword(password, options)
        // It may have been changed meanwhile.
        if (this.password === stored) {
          const change = (): void => {
            this.password = hash
          }
          // A full disk must not keep people out.
          await saveChange(this, 'password', change).catch(options.notSaved ?? warn)
        }
      }
      return true
    }
  }
  return PasswordUser as never
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}

/** Takes the time that it takes to check a password, for accounts that there are not. */
export async function checkNothing(password: string, options?: QueueOptions): Promise<false> {
  await verifyPassword(password, '', options)
  return false
}
