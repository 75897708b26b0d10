/** Who may come in: the limits on connections, in all and from one address (contract rule 19). */
import type { Duplex } from 'node:stream'
import type { ConnectionLimit } from '../limits.js'

export interface AdmissionLimits {
  readonly maxConnections: number
  /**
   * Where it is undefined, `DEFAULT_PER_ADDRESS` holds for all addresses but loopback: whoever stands behind a proxy
   * on the same machine comes from there.
   */
  readonly maxConnectionsPerAddress?: number | undefined
}

export const DEFAULT_PER_ADDRESS = 256

const FULL = 'The service is full. Please try again later.'

/** What stands in the way of a connection. */
export interface Refusal {
  readonly limit: ConnectionLimit
  readonly max: number
  /** What the peer is told. */
  readonly reason: string
}

export class Admission {
  readonly #limits: AdmissionLimits
  #total = 0
  readonly #byAddress = new Map<string, number>()

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  /** Counts a connection in, unless a limit stands against it. Whoever is let in is to be let out by `leave`. */
  enter(address: string | undefined): Refusal | undefined {
    const { maxConnections } = this.#limits
    if (this.#total >= maxConnections) {
      return {
        limit: 'maxConnections',
        max: maxConnections,
        reason: FULL,
      }
    }
    if (address !== undefined) {
      const max = this.#maxFor(address)
      if ((this.#byAddress.get(address) ?? 0) >= max) {
        return { limit: 'maxConnectionsPerAddress', max, reason: 'Too many connections from your address.' }
      }
    }
    this.readmit(address)
    return undefined
  }

  /** Counts a connection in that another process has let in. */
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

  #maxFor(address: string): number {
    const { maxConnectionsPerAddress } = this.#limits
    if (maxConnectionsPerAddress !== undefined) return maxConnectionsPerAddress
    return isLoopback(address) ? Number.POSITIVE_INFINITY : DEFAULT_PER_ADDRESS
  }
}

/** Tells a connection that there is no room, and closes it in the same breath: its descriptor is for the next that knocks. */
export function turnAway(duplex: Duplex): void {
  duplex.on('error', () => {})
  duplex.write(`${FULL}\r\n`)
  duplex.destroy()
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}
