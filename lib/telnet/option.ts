/**
 * The interface of a telnet option, built-in or a program's own (GMCP, MSSP, …): a code, a policy for each side, and
 * callbacks. One option object serves all connections and keeps no state: the state of a connection is in
 * `context.memory`.
 */
import type { Side } from './negotiation.js'
import type { TerminalFacts } from './terminal.js'

/**
 * - `refuse`: the peer's request is refused. The service may still turn the option on.
 * - `accept`: the peer's request is agreed to.
 * - `offer`: accepted, and offered as soon as the peer has shown that it speaks telnet.
 */
export type Policy = 'refuse' | 'accept' | 'offer'

/** A value that `JSON.parse(JSON.stringify(…))` leaves unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

export interface TelnetOption {
  /** From 0 to 255, but not 240 (which is SE in a subnegotiation). */
  readonly code: number
  /** As the RFC names it; for logs. */
  readonly name: string
  /** When the peer asks this service to perform the option (DO). Default `refuse`. */
  readonly us?: Policy
  /** When the peer asks to perform the option itself (WILL). Default `refuse`. */
  readonly them?: Policy
  /**
   * The option has no state: every DO is answered with WILL, and nothing stays on. (A DO directly after another is
   * taken for the answer to that WILL.)
   */
  readonly momentary?: boolean
  onEnable?(side: Side, context: OptionContext): void
  onDisable?(side: Side, context: OptionContext): void
  /**
   * The payload may be empty, is at most `maxSubnegotiation` bytes long, and may hold anything. Where this throws, the client
   * is closed.
   */
  subnegotiation?(payload: Uint8Array, context: OptionContext): void
}

/** One connection, for one option. Valid only during the call that it is passed to. */
export interface OptionContext {
  readonly terminal: TerminalFacts
  /** The option's state for this connection; it outlives a restart. */
  memory: Json | undefined
  isEnabled(side: Side): boolean
  /**
   * Sends a subnegotiation as an answer, which counts against `maxTelnetReplies`.
   *
   * @returns false if it was not sent: the limit is reached, or the option is enabled on neither side (RFC 855).
   */
  reply(payload: Uint8Array): boolean
  /** Raises an event of the service. */
  emit(event: TelnetEvent): void
}

export type TelnetEvent =
  /** The window's size has changed; undefined where it is unknown. */
  | { readonly type: 'resize'; readonly columns: number | undefined; readonly rows: number | undefined }
  /** `terminal` has changed: which part. */
  | { readonly type: 'terminal'; readonly learned: 'telnet' | 'type' | 'encoding' | 'environment' }
  /** IP: Ctrl-C in a telnet client. */
  | { readonly type: 'interrupt' }
  | { readonly type: 'break' }
  /** AYT; it has been answered. */
  | { readonly type: 'are-you-there' }
  /** AO: the user does not want the output that is still unsent. */
  | { readonly type: 'abort-output' }
  | { readonly type: 'erase-character' }
  | { readonly type: 'erase-line' }
  /** Ctrl-D, Ctrl-Z and Ctrl-\ in a telnet client that edits lines itself (RFC 1184). */
  | { readonly type: 'end-of-file' }
  | { readonly type: 'suspend' }
  | { readonly type: 'abort' }
  | { readonly type: 'negotiated'; readonly option: number; readonly side: Side; readonly enabled: boolean }
  /** The peer refused an option that the service requested, or turned it off later. */
  | { readonly type: 'refused'; readonly option: number; readonly side: Side }
  /** Raised by a program's own option. */
  | { readonly type: 'custom'; readonly option: number; readonly name: string; readonly data: unknown }
