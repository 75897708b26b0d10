/** What a channel is made of, whom it tells of what, and how another process goes on with it. */
import type { Clock } from '../clock.js'
import type { ClientLimit } from '../limits.js'
import type { Traffic } from '../observability/counters.js'
import type { Protocol, ProtocolSettings } from '../protocol/index.js'
import type { TelnetEvent } from '../telnet/index.js'
import type { Connection } from '../transport/connection.js'
import type { Scheduler } from './scheduler.js'
import type { ChannelSnapshot, Secrecy } from './snapshot.js'

export interface ChannelSettings extends ProtocolSettings {
  readonly executor: Scheduler
  readonly clock: Clock
  /** What all of them count together. */
  readonly counters: Traffic
  /**
   * Close as soon as the peer has ended its side. Off in a service, since a peer that has said its last line still wants
   * to read the answer.
   */
  readonly closeAtEnd?: boolean
}

export interface ChannelInit {
  readonly connection: Connection
  readonly protocol: Protocol
  readonly settings: ChannelSettings
  /** The connection comes from another process: `restore` follows. */
  readonly moved?: boolean
}

/** The client on whose behalf a channel works. */
export interface ChannelOwner {
  limitExceeded(limit: ClientLimit): void
  /** @returns undefined where no handler of it is left to wait for. */
  telnetEvent(event: TelnetEvent): PromiseLike<unknown> | undefined
  /** The protocol could not cope with what the peer has sent. */
  protocolFailed(error: unknown): void
  /** All lines are read and no more will come (contract rule 12). */
  ended(): void
  /** What waits for the client end in from then on. */
  disconnected(): Error
  /** The connection is closed. */
  closed(): void
  toString(): string
}

/** Who is told how a client's lines come to their end. */
export interface EndListener {
  /** The peer will send no more; some of what it has sent is unread. */
  linesEnding(): void
  /** Everything has been read, and no more will come. */
  linesEnded(): void
  /** The connection is closed, after `close` was called for it. */
  closed(): void
  /** The client is another process's from now on: nothing of the above comes to an end here. */
  abandoned(): void
}

/** Where another process stopped with a channel. */
export interface ChannelProgress {
  readonly snapshot: ChannelSnapshot
  /** What that process had read after the snapshot. */
  readonly seen: readonly Uint8Array[]
  /** How many items its program was given after the snapshot. */
  readonly taken: number
  /** When the peer last sent something, in milliseconds since the epoch. */
  readonly lastInput: number
  /** See the channel's properties of these names. */
  readonly silent: boolean
  readonly secrecy: Secrecy | undefined
}
