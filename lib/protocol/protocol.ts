/**
 * What a connection's bytes mean: lines, chunks, or whatever a server speaks. A server chooses a protocol; a new one is
 * one file that implements `Protocol`.
 */
import type { ClientLimit, Limits } from '../limits.js'
import type { Encoding, Telnet, TelnetEvent, TelnetSettings } from '../telnet/index.js'
import type { ServiceTexts } from '../texts.js'

/** A kind of protocol. It keeps nothing between connections, so one object serves all of them. */
export interface Protocol {
  /** Unique among the protocols of a service. A restarted service finds a client's protocol by it. */
  readonly name: string
  /** Whether it delivers bytes (`Uint8Array`), not text. */
  readonly raw: boolean
  /** Begins to speak on one connection. Nothing may be delivered or sent before it returns. */
  open(host: ProtocolHost, settings: ProtocolSettings): ProtocolConnection
}

/** What all connections of a service share. */
export interface ProtocolSettings {
  readonly limits: Limits
  /** Whether text loses its control characters (contract rule 14): a protocol delivers it so, see `sanitize()`. */
  readonly sanitize: boolean
  /** Undefined where telnet is off. */
  readonly telnet?: TelnetSettings | undefined
  readonly telnetOffers?: TelnetOffers | undefined
  /** What the service says by itself. */
  readonly texts?: ServiceTexts | undefined
}

/** When to ask a peer that has said nothing about itself whether it speaks telnet. */
export type TelnetOffers = 'when-needed' | 'at-connect' | 'never'

/** Where the results of a protocol go. */
export interface ProtocolHost {
  /**
   * The next item for the program: a line, a chunk.
   *
   * @param bytes what it counts for in `maxUnreadBytes`.
   */
  deliver(item: string | Uint8Array, bytes: number): void
  /** Bytes for the peer, in one stream with what the program writes. */
  reply(data: string | Uint8Array): void
  telnetEvent(event: TelnetEvent): void
  limitExceeded(limit: ClientLimit): void
  /** The peer does not keep to the protocol: it gets what it is owed, and is closed. Nothing more comes from it. */
  close(): void
}

/** The protocol on one connection. */
export interface ProtocolConnection {
  readonly protocol: Protocol
  /** Bytes from the peer. Their memory is used again: what is kept is a copy. Where this throws, the client is closed. */
  receive(bytes: Uint8Array): void
  /** A line of output as it goes out. @param newline whether to end it, where the protocol ends lines. */
  format(line: string, newline: boolean): string
  /** How text becomes bytes. */
  readonly encoding: Encoding
  /** Undefined where telnet is not spoken. */
  readonly telnet: Telnet | undefined
  /** The connection is new: offers may be made. */
  start(): void
  /** The program wants to know what the peer's terminal can do. */
  needTerminal(): void
  /** Whether no part of a next item has come yet. */
  readonly atRest: boolean
  /** Everything that the next byte's meaning depends on, as plain data; undefined where there is nothing. */
  save(): unknown
  /** Goes on where another process stopped, with what `save` gave; called before anything else. Where this throws, the client is closed. */
  restore(state: unknown): void
}
