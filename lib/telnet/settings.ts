/**
 * Telnet settings that all connections of a service share: limits, options, and the first offers. They are checked
 * when they are made.
 */

import { type Clock, systemClock } from '../clock.js'
import { checkNames, MaraError, shown } from '../errors.js'
import { defaultLimits } from '../limits.js'
import { OPTION, SE } from './constants.js'
import { negotiation } from './encode.js'
import { type Side, verbFor } from './negotiation.js'
import type { TelnetOption } from './option.js'
import { defaultOptions } from './options/index.js'

/** A telnet setting has a value that is not allowed. The message names both. */
export class TelnetSettingsError extends MaraError {
  readonly code = 'MARA_TELNET_SETTINGS'
}

/** Limits that are not given have the defaults of contract rule 19. */
export interface TelnetSettingsInput {
  /** Payload bytes of a subnegotiation; a longer one is dropped whole. */
  readonly maxSubnegotiation?: number | undefined
  /** Answers sent to a peer per second; further requests go unanswered. */
  readonly maxTelnetReplies?: number | undefined
  /** All options; default `defaultOptions`. To add one: `[...defaultOptions, gmcp]`. */
  readonly options?: readonly TelnetOption[] | undefined
  /** Codes of the options offered at connect, before the peer has sent anything. Default `[TTYPE]`. */
  readonly opening?: readonly number[] | undefined
  readonly clock?: Pick<Clock, 'now'> | undefined
}

export interface Offer {
  readonly side: Side
  readonly option: number
}

const SETTINGS = ['maxSubnegotiation', 'maxTelnetReplies', 'options', 'opening', 'clock']

export class TelnetSettings {
  readonly maxSubnegotiation: number
  readonly maxTelnetReplies: number
  readonly clock: Pick<Clock, 'now'>
  readonly options: ReadonlyMap<number, TelnetOption>
  /** Offers to make once the peer has shown that it speaks telnet. */
  readonly offers: readonly Offer[]
  /**
   * Offers to make first: DO TTYPE, three bytes, and nothing else.
   *
   * - Why offer anything: TinTin++, Mudlet, inetutils telnet on a port other than 23, and PuTTY in passive mode wait
   *   for the server to begin. A silent server could not distinguish them from netcat.
   * - Why nothing more: netcat shows these bytes to its user. Every telnet client answers this one offer, with WILL
   *   or WONT; either proves that it speaks telnet, and the other offers follow.
   * - Why TTYPE: all of those clients support it, its answer says most (client, terminal, and by MTTS colours), and
   *   its code is the control character CAN, which terminals do not show.
   *
   * With `opening: []` the service is silent until the peer speaks telnet (as PuTTY does by default, and telnet on
   * port 23) or until the service hides input.
   */
  readonly opening: readonly Offer[]
  /** `opening` as bytes, the same array for every connection. */
  readonly openingBytes: Uint8Array

  /** @throws {TelnetSettingsError} naming the setting and its value; {InvalidOptionError} for settings that there are not. */
  constructor(input: TelnetSettingsInput = {}) {
    checkNames('new TelnetSettings()', input, SETTINGS)
    this.maxSubnegotiation = atLeast1(
      'maxSubnegotiation',
      input.maxSubnegotiation ?? defaultLimits.maxSubnegotiation,
    )
    this.maxTelnetReplies = atLeast1(
      'maxTelnetReplies',
      input.maxTelnetReplies ?? defaultLimits.maxTelnetReplies,
    )
    this.clock = input.clock ?? systemClock
    this.options = byCode(input.options ?? defaultOptions)
    this.offers = [...this.options.values()].flatMap(offersOf)
    this.opening = (input.opening ?? [OPTION.TTYPE].filter((code) => this.options.has(code))).flatMap(
      (code) => {
        const option = this.options.get(code)
        const offers = option ? offersOf(option) : []
        if (offers.length === 0)
          throw new TelnetSettingsError(
            `telnet setting opening: no offered option has the code ${code}; add one with us: 'offer' or ` +
              `them: 'offer' to the setting options`,
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
  if (!Array.isArray(options)) {
    throw new TelnetSettingsError(
      `telnet setting options: ${shown(options)}; use a list, such as [...defaultOptions, gmcp]`,
    )
  }
  const map = new Map<number, TelnetOption>()
  for (const option of options as readonly (TelnetOption | null | undefined)[]) {
    if (typeof option !== 'object' || option === null) {
      throw new TelnetSettingsError(`telnet setting options: ${shown(option)} is no option; leave it out`)
    }
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
    throw new TelnetSettingsError(`telnet setting ${name}: ${value}; use a number of at least 1`)
  return Math.floor(value)
}
