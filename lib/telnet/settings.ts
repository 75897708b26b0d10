/**
 * What all connections of a service share: limits, options, and what is said first. Checked once, when made.
 */

import type { Clock } from '../clock.js'
import { MaraError } from '../errors.js'
import { MAX_SUBNEGOTIATION } from './codec.js'
import { OPTION, SE } from './constants.js'
import { negotiation } from './encode.js'
import { type Side, verbFor } from './negotiation.js'
import type { TelnetOption } from './option.js'
import { defaultOptions } from './options/index.js'

/** A telnet setting that cannot be: the message names it and its value. */
export class TelnetSettingsError extends MaraError {
  readonly code = 'MARA_TELNET_SETTINGS'
}

export interface TelnetSettingsInput {
  /** Bytes of a subnegotiation's payload; a longer one is dropped whole. 8 KiB. */
  readonly maxSubnegotiation?: number | undefined
  /** Answers a second that a peer can make us send; further requests go unanswered. 100. */
  readonly maxTelnetReplies?: number | undefined
  /** All options; `defaultOptions` unless said otherwise. Add one: `[...defaultOptions, gmcp]`. */
  readonly options?: readonly TelnetOption[] | undefined
  /** Codes of the options offered at connect, before the peer has said anything. `[TTYPE]`; see `opening`. */
  readonly opening?: readonly number[] | undefined
  readonly clock?: Pick<Clock, 'now'> | undefined
}

export interface Offer {
  readonly side: Side
  readonly option: number
}

export class TelnetSettings {
  readonly maxSubnegotiation: number
  readonly maxTelnetReplies: number
  readonly clock: Pick<Clock, 'now'>
  readonly options: ReadonlyMap<number, TelnetOption>
  /** Everything to ask for once the peer has shown that it speaks telnet. */
  readonly offers: readonly Offer[]
  /**
   * What to ask for at connect: DO TTYPE, three bytes, and nothing else.
   *
   * Why anything: TinTin++, Mudlet, inetutils telnet on a port other than 23, and PuTTY in its passive mode never
   * begin; they wait for the server. A silent server would never know them from netcat.
   * Why no more: netcat shows its user every byte of it, so whoever may be a netcat is asked one thing only. Every
   * telnet client answers it, with WILL or with WONT; either proves telnet, and brings out the other offers.
   * Why TTYPE: all of those clients have it, it tells most (client, terminal, colours, by MTTS), and its code is
   * the control character CAN, which terminals do not show.
   * `opening: []` stays silent until the peer speaks telnet (PuTTY's default mode, telnet on port 23), or until
   * the service hides input.
   */
  readonly opening: readonly Offer[]
  /** The bytes of `opening`: the same array for every connection. */
  readonly openingBytes: Uint8Array

  /** @throws {TelnetSettingsError} naming the setting and its value. */
  constructor(input: TelnetSettingsInput = {}) {
    this.maxSubnegotiation = atLeast1('maxSubnegotiation', input.maxSubnegotiation ?? MAX_SUBNEGOTIATION)
    this.maxTelnetReplies = atLeast1('maxTelnetReplies', input.maxTelnetReplies ?? 100)
    this.clock = input.clock ?? { now: () => Date.now() }
    this.options = byCode(input.options ?? defaultOptions)
    this.offers = [...this.options.values()].flatMap(offersOf)
    this.opening = (input.opening ?? [OPTION.TTYPE].filter((code) => this.options.has(code))).flatMap(
      (code) => {
        const option = this.options.get(code)
        const offers = option ? offersOf(option) : []
        if (offers.length === 0)
          throw new TelnetSettingsError(
            `telnet setting opening: ${code} is no option that is offered; add one with that code and ` +
              `us: 'offer' or them: 'offer' to the setting options`,
          )
        return offers
      },
    )
    this.openingBytes = new Uint8Array(
      Buffer.concat(this.opening.map(({ side, option }) => negotiation(verbFor(side, true), option))),
    )
  }
}

function offersOf({ code, us, them }: TelnetOption): Offer[] {
  return [
    ...(us === 'offer' ? [{ side: 'us' as const, option: code }] : []),
    ...(them === 'offer' ? [{ side: 'them' as const, option: code }] : []),
  ]
}

function byCode(options: readonly TelnetOption[]): ReadonlyMap<number, TelnetOption> {
  const map = new Map<number, TelnetOption>()
  for (const option of options) {
    const { code, name } = option
    if (!Number.isInteger(code) || code < 0 || code > 255 || code === SE)
      throw new TelnetSettingsError(
        `telnet setting options: ${name} has the code ${code}; use an integer from 0 to 255, but not 240`,
      )
    const other = map.get(code)
    if (other)
      throw new TelnetSettingsError(
        `telnet setting options: ${other.name} and ${name} both have the code ${code}; leave one out`,
      )
    map.set(code, option)
  }
  return map
}

function atLeast1(name: string, value: number): number {
  if (!Number.isFinite(value) || value < 1)
    throw new TelnetSettingsError(`telnet setting ${name}: ${value}; use a number from 1 on`)
  return Math.floor(value)
}
