/** What a workload is. Each is a file here, and a row in index.ts. */
import type { Kind } from '../load/job.js'
import type { Peer } from '../peers.js'
import type { Wire } from '../wire.js'

export interface Workload {
  readonly name: string
  readonly title: string
  readonly kind: Kind
  readonly wire: Wire
  readonly clients: number
  readonly inFlight: number
  /** What is counted: `lines`. */
  readonly unit: string
  /** One of them: `line`. */
  readonly one: string
  /** The name of the peer that the others are compared with. */
  readonly baseline: string
  /** Who takes part: of the chosen ones, whoever speaks the wire; or those that are named here, and none else. */
  readonly peers?: readonly Peer[]
  /**
   * How many times as long as others it warms up: once unless said otherwise. Where each client does much, little is done in
   * a second, and it takes longer until the engine has compiled a server: all of them, so nobody is warmer than others.
   */
  readonly warmUps?: number
  /** Measurements in each round, 1 unless said otherwise, each in another order. */
  readonly repeats?: number
  /** For `--quick`: with so many clients. Workloads without it are left out there. */
  readonly quickClients?: number
}
