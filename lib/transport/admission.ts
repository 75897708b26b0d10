/** Which connections are accepted: the limits in all and by address (contract rule 19). */
import type { Duplex } from 'node:stream'
import type { Clock } from '../clock.js'
import { type ConnectionLimit, type ConnectionLimits, defaultLimits } from '../limits.js'
import { defaultTexts, type ServiceTexts } from '../texts.js'
import { ConnectionRate } from './connection-rate.js'
import { inLines } from './last-words.js'
import { limitFor, networkOf } from './network.js'

/** Why a connection is not accepted. */
export interface Refusal {
  readonly limit: ConnectionLimit
  readonly max: number
  /** What the peer is told; nothing where it is empty. */
  readonly reason: string
}

export class Admission {
  readonly #limits: ConnectionLimits
  readonly #texts: ServiceTexts
  readonly #rate: ConnectionRate
  #total = 0
  readonly #byNetwork = new Map<string, number>()

  constructor(limits: ConnectionLimits, clock: Pick<Clock, 'now'>, texts = defaultTexts) {
    this.#limits = limits
    this.#texts = texts
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
    if (address === undefined) return
    const network = networkOf(address)
    this.#byNetwork.set(network, (this.#byNetwork.get(network) ?? 0) + 1)
  }

  leave(address: string | undefined): void {
    this.#total -= 1
    if (address === undefined) return
    const network = networkOf(address)
    const count = this.#byNetwork.get(network) ?? 0
    if (count > 1) this.#byNetwork.set(network, count - 1)
    else this.#byNetwork.delete(network)
  }

  #refusalOfAll(): Refusal | undefined {
    const max = this.#limits.maxConnections
    return this.#total < max ? undefined : { limit: 'maxConnections', max, reason: this.#texts.full }
  }

  #refusalOf(address: string): Refusal | undefined {
    const network = networkOf(address)
    const most = this.#maxFor(address, 'maxConnectionsPerAddress')
    if (most !== undefined && (this.#byNetwork.get(network) ?? 0) >= most) {
      return {
        limit: 'maxConnectionsPerAddress',
        max: most,
        reason: this.#texts.fullForAddress,
      }
    }
    // Last, since it counts what is accepted.
    const rate = this.#maxFor(address, 'maxConnectionRate')
    if (rate === undefined || this.#rate.take(network, rate)) return undefined
    return {
      limit: 'maxConnectionRate',
      max: rate,
      reason: this.#texts.tooFast,
    }
  }

  #maxFor(address: string, limit: 'maxConnectionsPerAddress' | 'maxConnectionRate'): number | undefined {
    return limitFor(address, this.#limits[limit], defaultLimits[limit])
  }
}

/**
 * Tells a connection that the service is full, and closes it at once: the next connection that is turned away needs its
 * descriptor.
 */
export function turnAway(duplex: Duplex, words = defaultTexts.full): void {
  duplex.on('error', () => {})
  if (words !== '') duplex.write(inLines(words))
  duplex.destroy()
}
