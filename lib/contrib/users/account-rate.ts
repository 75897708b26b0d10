/**
 * How many accounts come from each address, so that one stranger can't fill the disk, or take all good names. Kept in memory,
 * and forgotten by a restart of the process.
 */
import { z } from 'zod'
import { networkOf } from '../../index.js'

/** Accounts from one address within the time below, where the setting does not say otherwise. */
const DEFAULT_MOST = 10
/** One hour. */
const WITHIN = 3_600_000
/** Addresses that are remembered; of more, those that made no account for longest are forgotten. */
const ADDRESSES = 10_000

/** `new Service({ settings: { ...accountSettings } })`; without it the default holds. */
export const accountSettings = {
  maxAccountRate: z
    .int()
    .min(1)
    .optional()
    .describe(
      `Accounts that may be made from one address in an hour. Whoever wants more is told to wait. If it is not given, the limit is ${DEFAULT_MOST}, and connections from loopback do not count.`,
    ),
}

export class AccountRate {
  /** When each address, or network of IPv6, made its accounts within the last hour, oldest first. */
  readonly #made = new Map<string, number[]>()

  /** How many addresses are remembered. */
  get size(): number {
    return this.#made.size
  }

  /**
   * Whether an account may be made from there.
   *
   * @param address undefined where there is none, such as on a Unix socket: then there is no limit.
   * @param setting see `accountSettings`.
   * @param now by the service's clock, in milliseconds.
   */
  allows(address: string | undefined, setting: number | undefined, now: number): boolean {
    const most = mostFor(address, setting)
    return address === undefined || most === undefined || this.#recent(address, now).length < most
  }

  /** Counts an account that is about to be made. @returns false where it may not be made. */
  take(address: string | undefined, setting: number | undefined, now: number): boolean {
    if (!this.allows(address, setting, now)) return false
    if (address === undefined || mostFor(address, setting) === undefined) return true
    const made = this.#recent(address, now)
    made.push(now)
    const network = networkOf(address)
    // At the end: those at the front made none for longest.
    this.#made.delete(network)
    this.#made.set(network, made)
    const [oldest] = this.#made.keys()
    if (this.#made.size > ADDRESSES) this.#made.delete(oldest as string)
    return true
  }

  #recent(address: string, now: number): number[] {
    // Those of the future are from before the clock was set back.
    return (this.#made.get(networkOf(address)) ?? []).filter((time) => time <= now && time > now - WITHIN)
  }
}

/** Loopback has no limit by default: everyone behind a proxy on the same machine comes from there. */
function mostFor(address: string | undefined, setting: number | undefined): number | undefined {
  const isLoopback = address === '::1' || address?.startsWith('127.')
  return setting ?? (isLoopback ? undefined : DEFAULT_MOST)
}
