/**
 * Which options are on: the Q method of RFC 1143, one state machine for each option and side. Pure: it says what
 * to send and what happened; it sends nothing.
 *
 * RFC 1143 keeps one pending request and queues at most one opposite behind it, so that a request made while a
 * WONT is unanswered waits for that answer. Peers that never answer a WONT exist (TinTin++ sends nothing on WONT
 * ECHO): there it would wait for ever, and the second password would be shown. So here the queue is on the wire
 * instead: every change is sent at once, and the state counts the requests that are still unanswered. They
 * alternate, hence the count and the last one tell the whole queue:
 *
 *   RFC 1143   announced  owed          RFC 1143           announced  owed
 *   NO         no         0             WANTNO  EMPTY      no         1
 *   YES        yes        0             WANTNO  OPPOSITE   yes        2
 *   WANTYES    yes        1             WANTYES OPPOSITE   no         2
 *
 * With a peer that follows RFC 1143 both ends always agree in the end. What must stay true besides: an answer to an
 * answer is never sent; every exchange ends; an option is in effect only when both have said yes; a wish to turn
 * something off needs nobody's leave.
 */
import { DO, DONT, type Verb, WILL, WONT } from './constants.js'

/** Who performs the option: this service ("us": WILL and WONT are ours) or the peer ("them": DO and DONT are). */
export type Side = 'us' | 'them'

export interface SideState {
  /** What we last told the peer: that it shall be on, or off. */
  readonly announced: boolean
  /** Requests of ours without an answer; alternately on and off, the last one being `announced`. */
  readonly owed: number
  /** What the service wants. Unlike `announced` it survives a refusal. */
  readonly wished: boolean
  /** The peer's last word on it: it can, it will not; undefined if it has said nothing. */
  readonly able: boolean | undefined
  /** How often the peer has turned it off again since the service last asked. */
  readonly flaps: number
}

export interface Step {
  readonly state: SideState
  /** What to tell the peer: on or off. Undefined: nothing. */
  readonly send?: boolean
  readonly outcome?: Outcome
}

export type Outcome = 'enabled' | 'disabled' | 'refused'

/** The state of everything nobody has spoken of. */
export const OFF: SideState = { announced: false, owed: 0, wished: false, able: undefined, flaps: 0 }

// A peer that never answers must not make the count grow for ever. Taking two away keeps the order of the queue.
const MAX_OWED = 16

// The brake for what no rule can foresee: two peers that both send at once what RFC 1143 would queue can take each
// other's answers for requests, and then pass an "on" and an "off" round for ever. A peer that has turned an option
// off this often is agreed with no more; a refusal ends every such round.
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

/** A yes answers the oldest "on"; an "off" before it was never acknowledged, and never will be. */
function receiveYes(state: SideState, oldestIsOn: boolean): Step {
  const owed = state.owed - (oldestIsOn ? 1 : 2)
  // Only an "off" was waiting: RFC 1143 calls a yes to that an error of the peer's, and leaves the option off.
  if (owed < 0) return { state: { ...state, owed: 0 } }
  const next = { ...state, owed, able: true }
  return owed === 0 && state.announced ? { state: next, outcome: 'enabled' } : { state: next }
}

/** A no refuses the oldest "on", and then the "off" behind it changes nothing and gets no answer; or it is the answer to an "off". */
function receiveNo(state: SideState, oldestIsOn: boolean): Step {
  if (!oldestIsOn) return { state: { ...state, owed: state.owed - 1 } }
  const owed = Math.max(0, state.owed - 2)
  const announced = owed > 0 && state.announced
  return { state: { ...state, owed, announced, able: false }, outcome: 'refused' }
}

/** One row of a saved negotiation. */
export type SavedSide = readonly [Side, option: number, state: SideState]

/** All options of one connection. Holds only what was ever negotiated, so unknown options cost nothing. */
export class Negotiation {
  // Keyed by option × 2, one more for them.
  readonly #sides = new Map<number, SideState>()

  get(side: Side, option: number): SideState {
    return this.#sides.get(key(side, option)) ?? OFF
  }

  isEnabled(side: Side, option: number): boolean {
    return isEnabled(this.get(side, option))
  }

  /** Whether either side has ever been spoken of. */
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

/** The verb that tells the peer "on" or "off" for what that side performs. */
export function verbFor(side: Side, on: boolean): Verb {
  if (side === 'us') return on ? WILL : WONT
  return on ? DO : DONT
}

/** What a verb of the peer's is about: DO and DONT are about us, WILL and WONT about them. */
export function meaning(verb: Verb): { side: Side; yes: boolean } {
  return { side: verb === DO || verb === DONT ? 'us' : 'them', yes: verb === DO || verb === WILL }
}

function key(side: Side, option: number): number {
  return option * 2 + (side === 'them' ? 1 : 0)
}
