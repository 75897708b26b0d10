/**
 * Which options are enabled: the Q method of RFC 1143, one state machine for each option and side. Pure: it returns what
 * to send and what happened, and sends nothing.
 *
 * RFC 1143 keeps one pending request and queues at most one opposite behind it, so that a request made while a
 * WONT is unanswered waits for that answer. Some peers never answer a WONT (TinTin++ sends nothing on WONT ECHO): the
 * request would wait for ever, and the second password would be shown. So here every change is sent at once, and the
 * state counts the requests that are still unanswered. They alternate between on and off, so the count and the last
 * request describe the whole queue:
 *
 *   RFC 1143   announced  owed          RFC 1143           announced  owed
 *   NO         no         0             WANTNO  EMPTY      no         1
 *   YES        yes        0             WANTNO  OPPOSITE   yes        2
 *   WANTYES    yes        1             WANTYES OPPOSITE   no         2
 *
 * With a peer that follows RFC 1143 both ends always come to agree. What must also stay true: an answer is never
 * answered; every exchange ends; an option is in effect only when both have agreed; turning an option off needs no
 * agreement.
 */
import { DO, DONT, type Verb, WILL, WONT } from './constants.js'

/** Who performs the option: this service ("us": WILL and WONT are ours) or the peer ("them": DO and DONT are). */
export type Side = 'us' | 'them'

export interface SideState {
  /** What was last sent to the peer: on or off. */
  readonly announced: boolean
  /** Sent requests that are unanswered; alternately on and off, the last one being `announced`. */
  readonly owed: number
  /** What the service wants. A refusal does not change it. */
  readonly wished: boolean
  /** The peer's last answer: true if it agreed, false if it refused; undefined before any answer. */
  readonly able: boolean | undefined
  /** How often the peer has turned it off again since the service last asked. */
  readonly flaps: number
}

export interface Step {
  readonly state: SideState
  /** What to send to the peer, on or off; undefined for nothing. */
  readonly send?: boolean
  readonly outcome?: Outcome
}

export type Outcome = 'enabled' | 'disabled' | 'refused'

/** The state of an option that was never negotiated. */
export const OFF: SideState = { announced: false, owed: 0, wished: false, able: undefined, flaps: 0 }

// A peer that never answers must not make the count grow for ever. Taking two away keeps the order of the queue.
const MAX_OWED = 16

// Ends loops that no rule prevents: two peers that both send at once what RFC 1143 would queue can take each other's
// answers for requests, and then exchange "on" and "off" for ever. After a peer has turned an option off this often,
// its requests are refused; a refusal ends every such loop.
const MAX_FLAPS = 32

export function isEnabled(state: SideState): boolean {
  return state.announced && state.owed === 0
}

/** The service wants the option on or off. */
export function request(state: SideState, on: boolean): Step {
  if (state.announced === on) return { state: { ...state, wished: on } }
  const owed = state.owed + 1 > MAX_OWED ? state.owed - 1 : state.owed + 1
  const next = { ...state, announced: on, owed, wished: on, flaps: 0 }
  return isEnabled(state) ? { state: next, send: on, outcome: 'disabled' } : { state: next, send: on }
}

/** The peer said yes (DO or WILL) or no (DONT or WONT). `accept` is whether to agree if it is a request. */
export function receive(state: SideState, yes: boolean, accept: boolean): Step {
  if (state.owed === 0) return receiveRequest(state, yes, accept)
  const oldestIsOn = state.owed % 2 === 1 ? state.announced : !state.announced
  return yes ? receiveYes(state, oldestIsOn) : receiveNo(state, oldestIsOn)
}

function receiveRequest(state: SideState, yes: boolean, accept: boolean): Step {
  if (yes === state.announced) return { state }
  if (!yes) {
    const flaps = state.flaps + 1
    return { state: { ...state, announced: false, able: false, flaps }, send: false, outcome: 'disabled' }
  }
  if (!accept || state.flaps >= MAX_FLAPS) return { state, send: false }
  return { state: { ...state, announced: true, able: true }, send: true, outcome: 'enabled' }
}

/** A yes answers the oldest "on"; an "off" before that will not be acknowledged any more. */
function receiveYes(state: SideState, oldestIsOn: boolean): Step {
  const owed = state.owed - (oldestIsOn ? 1 : 2)
  // Only an "off" was unanswered: RFC 1143 calls a yes to it an error of the peer, and leaves the option off.
  if (owed < 0) return { state: { ...state, owed: 0 } }
  const next = { ...state, owed, able: true }
  return owed === 0 && state.announced ? { state: next, outcome: 'enabled' } : { state: next }
}

/**
 * A no answers an "off", or refuses the oldest "on"; then the "off" after that changes nothing and gets no answer.
 */
function receiveNo(state: SideState, oldestIsOn: boolean): Step {
  if (!oldestIsOn) return { state: { ...state, owed: state.owed - 1 } }
  const owed = Math.max(0, state.owed - 2)
  const announced = owed > 0 && state.announced
  return { state: { ...state, owed, announced, able: false }, outcome: 'refused' }
}

/** One row of a saved negotiation. */
export type SavedSide = readonly [Side, option: number, state: SideState]

/** The options of one connection; only negotiated ones take memory. */
export class Negotiation {
  // Keyed by option × 2, one more for them.
  readonly #sides = new Map<number, SideState>()

  get(side: Side, option: number): SideState {
    return this.#sides.get(key(side, option)) ?? OFF
  }

  isEnabled(side: Side, option: number): boolean {
    return isEnabled(this.get(side, option))
  }

  /** Whether the option was ever negotiated, on either side. */
  knows(option: number): boolean {
    return this.#sides.has(key('us', option)) || this.#sides.has(key('them', option))
  }

  set(side: Side, option: number, state: SideState): void {
    if (state !== OFF) this.#sides.set(key(side, option), state)
  }

  save(): SavedSide[] {
    return [...this.#sides].map(([k, state]) => [k % 2 ? 'them' : 'us', k >> 1, state])
  }

  static restore(rows: readonly SavedSide[]): Negotiation {
    const negotiation = new Negotiation()
    // JSON leaves an undefined `able` out; `OFF` brings it back.
    for (const [side, option, state] of rows) negotiation.set(side, option, { ...OFF, ...state })
    return negotiation
  }
}

/** The verb that requests or agrees that `side` has the option on or off. */
export function verbFor(side: Side, on: boolean): Verb {
  if (side === 'us') return on ? WILL : WONT
  return on ? DO : DONT
}

/** Reads a verb of the peer: DO and DONT concern this service, WILL and WONT the peer. */
export function meaning(verb: Verb): { side: Side; yes: boolean } {
  return { side: verb === DO || verb === DONT ? 'us' : 'them', yes: verb === DO || verb === WILL }
}

function key(side: Side, option: number): number {
  return option * 2 + (side === 'them' ? 1 : 0)
}
