/**
 * What an option is, for those of this room and for a program's own (GMCP, MSSP, …): a code, a policy for each
 * side, and what to do when it goes on, goes off, or has something to say. An option object serves all
 * connections and keeps nothing: what one connection must remember goes to `context.memory`.
 */
import type { Side } from './negotiation.js'
import type { TerminalFacts } from './terminal.js'

/**
 * - `refuse`: the peer's request is refused. The service may still turn it on.
 * - `accept`: the peer's request is agreed to.
 * - `offer`: accepted, and asked for as soon as the peer has shown that it speaks telnet.
 */
export type Policy = 'refuse' | 'accept' | 'offer'

/** What survives `JSON.parse(JSON.stringify(…))`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

export interface TelnetOption {
  /** From 0 to 255, but not 240 (which in a subnegotiation cannot be told from SE). */
  readonly code: number
  /** As the RFC names it; for logs. */
  readonly name: string
  /** What to do when the peer asks us to perform it (DO). `refuse` unless said otherwise. */
  readonly us?: Policy
  /** What to do when the peer asks to perform it (WILL). `refuse` unless said otherwise. */
  readonly them?: Policy
  /**
   * It is an answer and not a state: every DO gets its WILL, and nothing stays on. (But a DO right after another is
   * taken for the answer to our WILL.)
   */
  readonly momentary?: boolean
  onEnable?(side: Side, context: OptionContext): void
  onDisable?(side: Side, context: OptionContext): void
  /** The payload is as long as the peer pleases, from 0 bytes on, and may hold anything. Must not throw. */
  subnegotiation?(payload: Uint8Array, context: OptionContext): void
}

/** One connection, as one option sees it. Valid during the call it came with. */
export interface OptionContext {
  readonly terminal: TerminalFacts
  /** Whatever the option must know of this connection later; survives a restart. */
  memory: Json | undefined
  isEnabled(side: Side): boolean
  /**
   * Sends a subnegotiation as an answer: it counts against `maxTelnetReplies`. False: it was not sent, because
   * that limit is reached, or because the option is on on neither side (RFC 855).
   */
  reply(payload: Uint8Array): boolean
  /** Tells the service. */
  emit(event: TelnetEvent): void
}

export type TelnetEvent =
  /** The window has another size. Undefined: unknown. */
  | { readonly type: 'resize'; readonly columns: number | undefined; readonly rows: number | undefined }
  /** Something was learned that `terminal` now holds. */
  | { readonly type: 'terminal'; readonly learned: 'telnet' | 'type' | 'encoding' | 'environment' }
  /** IP: Ctrl-C in a telnet client. */
  | { readonly type: 'interrupt' }
  | { readonly type: 'break' }
  /** AYT. It has been answered already. */
  | { readonly type: 'are-you-there' }
  /** AO: what was not sent yet is not wanted any more. */
  | { readonly type: 'abort-output' }
  | { readonly type: 'erase-character' }
  | { readonly type: 'erase-line' }
  /** Ctrl-D, Ctrl-Z and Ctrl-\ in a telnet client that edits lines itself (RFC 1184). */
  | { readonly type: 'end-of-file' }
  | { readonly type: 'suspend' }
  | { readonly type: 'abort' }
  | { readonly type: 'negotiated'; readonly option: number; readonly side: Side; readonly enabled: boolean }
  /** The service wants it, the peer does not; also when it was on and the peer turned it off. */
  | { readonly type: 'refused'; readonly option: number; readonly side: Side }
  /** A program's own option has something to tell. */
  | { readonly type: 'custom'; readonly option: number; readonly name: string; readonly data: unknown }
