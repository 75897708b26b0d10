/** Which connections are accepted: the limits in all and by address (contract rule 19). */
import type { Duplex } from 'node:stream'
import type { Clock } from '../clock.js'
import { type ConnectionLimit, type ConnectionLimits, defaultLimits } from '../limits.js'
import { ConnectionRate } from './connection-rate.js'

const FULL = 'The service is full. Please try again later.'

/** Why a connection is not accepted. */
export interface Refusal {
  readonly limit: ConnectionLimit
  readonly max: number
  /** What the peer is told. */
  readonly reason: string
}

export class Admission {
  readonly #limits: ConnectionLimits
  readonly #rate: ConnectionRate
  #total = 0
  readonly #byAddress = new Map<string, number>()

  constructor(limits: ConnectionLimits, clock: Pick<Clock, 'now'>) {
    this.#limits = limits
    this.#rate = new ConnectionRate(clock)
  }

  /** Counts a connection, unless it exceeds a limit. Call `leave` when a connection that was counted is closed. */
  enter(address: string | undefined): Refusal | undefined {
    const refusal = this.#refusalOfAll() ?? (address === undefined ? undefined : this.#refusalOf(address))
    if (refusal === undefined) this.readmit(address)
    return refusal
  }

  /** Counts a connection that another process has accepted. No limit applies to it. */
  readmit(address: string | undefined): void {
    this.#total += 1
    if (address !== undefined) this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1)
  }

  leave(address: string | undefined): void {
    this.#total -= 1
    if (address === undefined) return
    const count = this.#byAddress.get(address) ?? 0
    if (count > 1) this.#byAddress.set(address, count - 1)
    else this.#byAddress.delete(address)
  }

  #refusalOfAll(): Refusal | undefined {
    const max = this.#limits.maxConnections
    return this.#total < max ? undefined : { limit: 'maxConnections', max, reason: FULL }
  }

  #refusalOf(address: string): Refusal | undefined {
    const most = this.#maxFor(address, 'maxConnectionsPerAddress')
    if (most !== undefined && (this.#byAddress.get(address) ?? 0) >= most) {
      return {
        limit: 'maxConnectionsPerAddress',
        max: most,
        reason: 'Too many connections from your address.',
      }
    }
    // Last, since it counts what is accepted.
    const rate = this.#maxFor(address, 'maxConnectionRate')
    if (rate === undefined || this.#rate.take(address, rate)) return undefined
    return {
      limit: 'maxConnectionRate',
      max: rate,
      reason: 'Too many new connections from your address. Please try again in a minute.',
    }
  }

  /** Loopback has no limit by default: everyone behind a proxy on the same machine comes from there. */
  #maxFor(address: string, limit: 'maxConnectionsPerAddress' | 'maxConnectionRate'): number | undefined {
    return this.#limits[limit] ?? (isLoopback(address) ? undefined : defaultLimits[limit])
  }
}

/**
 * Tells a connection that the service is full, and closes it at once: the next connection that is turned away needs its
 * descriptor.
 */
export function turnAway(duplex: Duplex): void {
  duplex.on('error', () => {})
  duplex.write(`${FULL}\r\n`)
  duplex.destroy()
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}
