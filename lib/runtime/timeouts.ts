/**
 * Clients that stay silent for too long: in `Connect`, before their first line, or at any time (contract rule 19).
 *
 * One timer serves all clients. It is set for the earliest moment at which a client could be late, and then looks at
 * all of them. So neither a line nor an idle client costs anything.
 */
import { type AnyClient, channelOf } from '../client/client.js'
import { type Alarm, type Clock, forgiven } from '../clock.js'
import type { Timeouts } from '../limits.js'
import type { Progress } from './progress.js'

/** The least time between two looks at all clients, in milliseconds. */
const MIN_GAP = 1_000

export type TimeoutName = keyof Timeouts

export class TimeoutWatch {
  readonly #clock: Clock
  readonly #connectTimeout: number
  readonly #idleTimeout: number
  readonly #sessions: ReadonlyMap<AnyClient, Progress>
  readonly #late: (client: AnyClient, limit: TimeoutName) => void
  #alarm: Alarm
  /** When clients came, where `connectedAt` can't be counted from any more. */
  readonly #cameAt = new WeakMap<AnyClient, number>()
  /** When the alarm goes off; Infinity where none is set. */
  #alarmAt = Number.POSITIVE_INFINITY

  /** @param late is called for each client that is late; the client must be closed by it. */
  constructor(
    { connectTimeout, idleTimeout }: Timeouts,
    clock: Clock,
    sessions: ReadonlyMap<AnyClient, Progress>,
    late: (client: AnyClient, limit: TimeoutName) => void,
  ) {
    this.#clock = clock
    this.#connectTimeout = connectTimeout || Number.POSITIVE_INFINITY
    this.#idleTimeout = idleTimeout || Number.POSITIVE_INFINITY
    this.#sessions = sessions
    this.#late = late
  }

  /** A client has come. */
  watch(): void {
    this.#lookAt(this.#clock.now() + Math.min(this.#connectTimeout, this.#idleTimeout))
  }

  stop(): void {
    this.#clock.clearTimeout(this.#alarm)
    this.#alarmAt = Number.POSITIVE_INFINITY
  }

  #lookAt(time: number): void {
    if (time >= this.#alarmAt) return
    this.stop()
    this.#alarmAt = time
    this.#alarm = this.#clock.setTimeout(() => this.#look(), time - this.#clock.now(), { keepAlive: false })
  }

  #look(): void {
    const now = this.#clock.now()
    const late = now - this.#alarmAt
    const lost = late > MIN_GAP ? late : 0
    this.#alarmAt = Number.POSITIVE_INFINITY
    let next = Number.POSITIVE_INFINITY
    for (const [client, progress] of this.#sessions) {
      if (!client.connected) continue
      this.#forgive(client, now, lost)
      const { at, limit } = this.#dueOf(client, progress, now)
      if (at <= now) this.#late(client, limit)
      else if (at < next) next = at
    }
    this.#lookAt(Math.max(next, now + MIN_GAP))
  }

  /** @param lost see `forgiven`. */
  #forgive(client: AnyClient, now: number, lost: number): void {
    const channel = channelOf(client)
    channel.lastInput = forgiven(channel.lastInput, now, lost)
    const cameAt = this.#cameAtOf(client)
    if (lost > 0 || cameAt > now) this.#cameAt.set(client, forgiven(cameAt, now, lost))
  }

  #cameAtOf(client: AnyClient): number {
    return this.#cameAt.get(client) ?? client.connectedAt.getTime()
  }

  /** When the client will be late, if it stays silent, and by which limit. */
  #dueOf(client: AnyClient, { at }: Progress, now: number): { at: number; limit: TimeoutName } {
    const { silent, awaitsProgram, lastInput } = channelOf(client)
    const connecting = silent && (at === 'new' || at === 'connect')
    const connectDue = connecting ? this.#cameAtOf(client) + this.#connectTimeout : Number.POSITIVE_INFINITY
    // What it has sent waits for the program: the client is not to blame.
    const idleDue = (awaitsProgram ? now : lastInput) + this.#idleTimeout
    return connectDue <= idleDue
      ? { at: connectDue, limit: 'connectTimeout' }
      : { at: idleDue, limit: 'idleTimeout' }
  }
}
