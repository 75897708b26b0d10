/**
 * The telnet session of one connection: interprets the peer's tokens and answers them. It is made when the peer first
 * speaks telnet or the service requests an option, so a plain client such as netcat never has one.
 *
 * What must stay true: `#replies` counts every answer that a peer can cause; a request that goes unanswered changes
 * nothing.
 */

import { RateLimit } from '../rate-limit.js'
import type { Token } from './codec.js'
import { ABORT, AO, AYT, BRK, EC, EL, EOF, IP, SUSP, type Verb } from './constants.js'
import { negotiation as negotiationBytes, subnegotiation as subnegotiationBytes } from './encode.js'
import type { TelnetHost } from './host.js'
import {
  meaning,
  Negotiation,
  OFF,
  type Outcome,
  receive,
  request,
  type SavedSide,
  type Side,
  type SideState,
  verbFor,
} from './negotiation.js'
import type { Json, OptionContext, TelnetEvent, TelnetOption } from './option.js'
import { ascii } from './printable.js'
import type { Offer, TelnetSettings } from './settings.js'
import type { TerminalFacts } from './terminal.js'

/** The state that a restart carries over, as JSON. */
export interface SessionState {
  readonly sides: readonly SavedSide[]
  readonly memory?: readonly (readonly [number, Json])[]
  readonly marked?: boolean
}

const COMMANDS: ReadonlyMap<number, TelnetEvent> = new Map<number, TelnetEvent>([
  [IP, { type: 'interrupt' }],
  [BRK, { type: 'break' }],
  [AYT, { type: 'are-you-there' }],
  [AO, { type: 'abort-output' }],
  [EC, { type: 'erase-character' }],
  [EL, { type: 'erase-line' }],
  [EOF, { type: 'end-of-file' }],
  [SUSP, { type: 'suspend' }],
  [ABORT, { type: 'abort' }],
])

// RFC 854 wants "some visible evidence"; this is BSD's.
const YES = ascii('\r\n[Yes]\r\n')

export class Session {
  readonly #host: TelnetHost
  readonly #settings: TelnetSettings
  readonly #terminal: TerminalFacts
  readonly #negotiation: Negotiation
  readonly #memory: Map<number, Json>
  readonly #replies: RateLimit
  /** For each option's functions, made when they are first called: a peer can have them called thousands of times at once. */
  readonly #contexts = new Map<number, OptionContext>()
  // Whether the last thing from the peer was a DO of a momentary option, and was answered.
  #marked: boolean

  constructor(host: TelnetHost, settings: TelnetSettings, terminal: TerminalFacts, state?: SessionState) {
    this.#host = host
    this.#settings = settings
    this.#terminal = terminal
    this.#negotiation = Negotiation.restore(state?.sides ?? [])
    this.#memory = new Map(state?.memory)
    this.#marked = state?.marked ?? false
    this.#replies = new RateLimit(settings.maxTelnetReplies, settings.clock, () =>
      host.limit('maxTelnetReplies'),
    )
  }

  save(): SessionState {
    return {
      sides: this.#negotiation.save(),
      ...(this.#memory.size > 0 && { memory: [...this.#memory] }),
      ...(this.#marked && { marked: true }),
    }
  }

  get(side: Side, option: number): SideState {
    return this.#negotiation.get(side, option)
  }

  isEnabled(side: Side, option: number): boolean {
    return this.#negotiation.isEnabled(side, option)
  }

  /** Records the offers of `opening`, whose bytes have been sent already. */
  noteOpening(): void {
    for (const { side, option } of this.#settings.opening)
      this.#negotiation.set(side, option, request(this.get(side, option), true).state)
  }

  /** The service wants the option on or off. */
  request(side: Side, option: number, on: boolean): void {
    const { state, send, outcome } = request(this.get(side, option), on)
    this.#negotiation.set(side, option, state)
    if (send !== undefined) this.#host.send(negotiationBytes(verbFor(side, send), option))
    if (outcome) this.#report(side, option, outcome)
  }

  /** Text came from the peer. */
  sawText(): void {
    this.#marked = false
  }

  handle(token: Exclude<Token, { type: 'text' }>): void {
    const followsMark = this.#marked
    this.#marked = false
    const isFirst = !this.#terminal.telnet
    if (isFirst) {
      this.#terminal.telnet = true
      this.#host.on({ type: 'terminal', learned: 'telnet' })
    }
    if (token.type === 'negotiation') this.#negotiate(token.verb, token.option, followsMark)
    else if (token.type === 'subnegotiation') this.#subnegotiate(token.option, token.payload)
    else if (token.type === 'command') this.#command(token.command)
    else this.#host.limit('maxSubnegotiation')
    // After the answer to the first token, since a peer that begins with an offer needs no offer of that option.
    if (isFirst) this.offer(this.#settings.offers)
  }

  /** Offers the options that neither side has negotiated yet. */
  offer(offers: readonly Offer[]): void {
    for (const { side, option } of offers)
      if (this.get(side, option) === OFF) this.request(side, option, true)
  }

  #negotiate(verb: Verb, code: number, followsMark: boolean): void {
    const { side, yes } = meaning(verb)
    const option = this.#settings.options.get(code)
    const isAcceptable = option !== undefined && (option[side] ?? 'refuse') !== 'refuse'
    if (option?.momentary) {
      if (yes) this.#mark(side, code, isAcceptable, followsMark)
      return
    }
    const before = this.get(side, code)
    const { state, send, outcome } = receive(before, yes, before.wished || isAcceptable)
    const isAnswered = send === undefined || this.#replies.take()
    // Turning an option off takes effect without an answer; any other request that goes unanswered is ignored.
    if (!isAnswered && outcome !== 'disabled') return
    this.#negotiation.set(side, code, state)
    if (isAnswered && send !== undefined) this.#host.send(negotiationBytes(verbFor(side, send), code))
    if (outcome) this.#report(side, code, outcome)
    if (outcome === 'disabled' && state.wished) this.#host.on({ type: 'refused', option: code, side })
  }

  /**
   * A momentary option has no state that could end an exchange: with a peer that answers each WILL with a DO it would
   * never end. So a DO directly after one that was answered is taken for such an answer, and gets none.
   */
  #mark(side: Side, code: number, isAcceptable: boolean, followsMark: boolean): void {
    if (isAcceptable && followsMark) {
      this.#marked = true
    } else if (this.#replies.take()) {
      this.#marked = isAcceptable
      this.#host.send(negotiationBytes(verbFor(side, isAcceptable), code))
    }
  }

  #report(side: Side, code: number, outcome: Outcome): void {
    if (outcome === 'refused') {
      this.#host.on({ type: 'refused', option: code, side })
      return
    }
    this.#host.on({ type: 'negotiated', option: code, side, enabled: outcome === 'enabled' })
    const option = this.#settings.options.get(code)
    if (option && outcome === 'enabled') option.onEnable?.(side, this.#context(option))
    else if (option) option.onDisable?.(side, this.#context(option))
  }

  /**
   * RFC 855 requires an agreement first. Some clients send their window's size before it; that is accepted. A
   * subnegotiation of an option that was refused or turned off is ignored.
   */
  #subnegotiate(code: number, payload: Uint8Array): void {
    const option = this.#settings.options.get(code)
    if (!option?.subnegotiation) return
    const isOff = !this.get('us', code).announced && !this.get('them', code).announced
    if (isOff && this.#negotiation.knows(code)) return
    option.subnegotiation(payload, this.#context(option))
  }

  #command(command: number): void {
    if (command === AYT && this.#replies.take()) this.#host.send(YES)
    const event = COMMANDS.get(command)
    if (event) this.#host.on(event)
  }

  #context({ code }: TelnetOption): OptionContext {
    let context = this.#contexts.get(code)
    if (context === undefined) {
      context = this.#newContext(code)
      this.#contexts.set(code, context)
    }
    return context
  }

  #newContext(code: number): OptionContext {
    const memory = this.#memory
    const isEnabled = (side: Side) => this.isEnabled(side, code)
    return {
      terminal: this.#terminal,
      get memory() {
        return memory.get(code)
      },
      set memory(value: Json | undefined) {
        if (value === undefined) memory.delete(code)
        else memory.set(code, value)
      },
      isEnabled,
      reply: (payload) => {
        if ((!isEnabled('us') && !isEnabled('them')) || !this.#replies.take()) return false
        this.#host.send(subnegotiationBytes(code, payload))
        return true
      },
      emit: (event) => this.#host.on(event),
    }
  }
}
