/**
 * Wrong passwords, counted by account and by address, with growing delays. Kept in memory, and forgotten by a restart of
 * the process.
 *
 * An attacker can slow down the logins to an account, but not those of its owner: an address from which somebody has
 * logged in to the account is counted by itself.
 */

import { checkNames, InvalidOptionError } from '../../errors.js'
import { networkOf } from '../../index.js'

export interface AttemptsOptions {
  /** Wrong passwords for one account before there is a delay. */
  readonly free?: number
  /** The same for one address, which many people may share. */
  readonly freePerAddress?: number
  /** The longest delay, in milliseconds. The first one is a second, and each is twice the one before. */
  readonly longest?: number
  /** Milliseconds without a wrong password after which those before are forgotten. */
  readonly memory?: number
  /** Accounts and addresses that are remembered; of more, those that were not seen for longest are forgotten. */
  readonly most?: number
}

interface Count {
  failures: number
  /** Nobody is answered before. */
  next: number
  /** The time by which `next` was counted. */
  seen: number
}

const FIRST = 1_000

/** What `begin` gives for one attempt. */
export interface Attempt {
  /** Milliseconds to wait before the password is checked. */
  readonly delay: number
  /** The password was right. */
  succeeded(): void
  /** It was wrong: counts against the address, which before that may be one from which many people log in at once. */
  failed(): void
}

export class Attempts {
  readonly #options: Required<AttemptsOptions>
  readonly #counts = new Map<string, Count>()
  /** Address and account, where the one has logged in to the other. */
  readonly #known = new Set<string>()

  /** @throws InvalidOptionError */
  constructor(options: AttemptsOptions = {}) {
    check(options)
    const { free = 3, freePerAddress = 20, longest = 60_000, memory = 3_600_000, most = 10_000 } = options
    this.#options = { free, freePerAddress, longest, memory, most }
  }

  /** How many accounts and addresses are remembered. */
  get size(): number {
    return this.#counts.size
  }

  /**
   * Begins an attempt. For the account it counts as wrong until `succeeded` is called, so a thousand at once are no way
   * around the delay.
   *
   * @param now by the service's clock, in milliseconds.
   * @returns undefined where so many are waiting that this one would wait longer than the longest delay.
   */
  begin(account: string, address: string | undefined, now: number): Attempt | undefined {
    const { free, freePerAddress, longest, most } = this.#options
    const network = address === undefined ? undefined : networkOf(address)
    const pair = `${network ?? ''} ${account}`
    const accountKey = this.#known.has(pair) ? `pair ${pair}` : `account ${account}`
    const byAccount = this.#count(accountKey, now)
    const byAddress = network === undefined ? undefined : this.#count(`address ${network}`, now)
    const delay = Math.max(0, byAccount.next - now, (byAddress?.next ?? 0) - now)
    if (delay > longest) return undefined
    const fail = (count: Count, allowed: number): void => {
      count.failures += 1
      count.seen = now
      const over = count.failures - allowed
      if (over >= 0) count.next = now + delay + Math.min(longest, FIRST * 2 ** Math.min(over, 30))
    }
    fail(byAccount, free)
    return {
      delay,
      succeeded: () => {
        this.#counts.delete(accountKey)
        remember(this.#known, pair, most)
      },
      failed: () => {
        if (byAddress !== undefined) fail(byAddress, freePerAddress)
      },
    }
  }

  #count(key: string, now: number): Count {
    const { memory, most } = this.#options
    const known = this.#counts.get(key)
    const count =
      known !== undefined && now - known.seen < memory ? known : { failures: 0, next: 0, seen: now }
    // The clock was set back: what was left to wait is left now.
    if (count.seen > now) count.next -= count.seen - now
    count.seen = now
    // At the end: those at the front were not seen for longest.
    this.#counts.delete(key)
    this.#counts.set(key, count)
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= most) break
      this.#counts.delete(oldest)
    }
    return count
  }
}

const OPTIONS: readonly string[] = ['free', 'freePerAddress', 'longest', 'memory', 'most']

function check(options: AttemptsOptions): void {
  const where = 'new Attempts()'
  checkNames(where, options, OPTIONS)
  for (const [name, value] of Object.entries(options)) {
    // Without one, wrong passwords would go uncounted.
    if (value !== undefined && !(typeof value === 'number' && value >= 0))
      throw new InvalidOptionError(where, name, value, 'a number from 0 on')
  }
}

function remember(set: Set<string>, value: string, most: number): void {
  set.delete(value)
  set.add(value)
  for (const oldest of set) {
    if (set.size <= most) return
    set.delete(oldest)
  }
}
