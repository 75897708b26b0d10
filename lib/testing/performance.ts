/** One time that a conversation is played, perhaps with a new process at one of its moments, and what everybody was sent. */
import type { Duplex } from 'node:stream'
import { checkText } from '../errors.js'
import { escapeText } from '../text/escape.js'
import { RestartPointError } from './errors.js'
import { connectTo, type Player, type PlayerOptions } from './player.js'
import type { Theatre } from './theatre.js'

/** A conversation: `connect` gives the people in it. */
export type Play = (connect: (name: string, options?: PlayerOptions) => Promise<Player>) => Promise<void>

interface Interruption {
  readonly point: number
  readonly times: number
  readonly crash: boolean
  readonly of: string | undefined
}

/** A connection of somebody's in the play. */
interface Part {
  readonly duplex: Duplex
  readonly sent: Buffer[]
  /** Bytes that had been sent when the process was replaced. */
  before: number
  /** The service has closed it, or its client has left. */
  closed: boolean
}

export class Performance {
  readonly #theatre: Theatre
  readonly #play: Play
  readonly #interruption: Interruption
  /** By who it is: somebody may leave, and come back by the same name. */
  readonly #parts = new Map<string, Part>()
  readonly names = new Set<string>()
  #over = false
  /** Somebody answers telnet, at moments of their own. */
  #telnet = false
  points = 0
  /** Where it was interrupted, in words. */
  place = 'it began'

  /** @param interruption its point is 0 where there is to be none. */
  constructor(theatre: Theatre, play: Play, interruption: Interruption) {
    this.#theatre = theatre
    this.#play = play
    this.#interruption = interruption
  }

  async run(): Promise<void> {
    await this.#theatre.start()
    try {
      await this.#play((name, options) => this.#connect(name, options))
      await this.#theatre.settle(true)
      this.#over = true
      for (const part of this.#parts.values()) {
        part.closed = part.duplex.writableEnded || part.duplex.destroyed
      }
    } finally {
      await this.#theatre.stop()
    }
  }

  async #connect(name: string, options?: PlayerOptions): Promise<Player> {
    checkText('connect() of a play', 'name', name)
    this.names.add(name)
    if (options?.telnet !== false) this.#telnet = true
    const accept = (duplex: Duplex): void => {
      const sent: Buffer[] = []
      this.#parts.set(this.#newLabel(name), { duplex, sent, before: 0, closed: false })
      const write = duplex.write.bind(duplex) as (chunk: Buffer) => boolean
      duplex.write = ((chunk: Buffer) => {
        // How the service says goodbye at its end is no part of the play.
        if (!this.#over) sent.push(Buffer.from(chunk))
        return write(chunk)
      }) as Duplex['write']
      this.#theatre.accept(duplex)
    }
    const player = await connectTo({ accept }, { name, ...options })
    const sees = player.sees.bind(player)
    player.sees = async (...what) => {
      const found = await sees(...what)
      const words = what.map((pattern) => (typeof pattern === 'string' ? JSON.stringify(pattern) : pattern))
      await this.#atPoint(name, words.join(', '))
      return found
    }
    return player
  }

  #newLabel(name: string): string {
    let label = name
    for (let time = 2; this.#parts.has(label); time++) label = `${name} (connection ${time})`
    return label
  }

  /** What happens at its point, in words. */
  get blow(): string {
    return this.#interruption.crash ? 'a crash' : 'a restart'
  }

  async #atPoint(name: string, what: string): Promise<void> {
    const { point, times, crash, of } = this.#interruption
    if (of !== undefined && of !== name) return
    this.points += 1
    // What telnet agrees on meanwhile must come in the same place, whether there is a restart or not.
    await this.#theatre.settle(this.points === point || this.#telnet)
    if (this.points !== point) return
    this.place = `${name} had seen ${what} (moment ${point})`
    for (const part of this.#parts.values()) part.before = lengthOf(part.sent)
    for (let count = 0; count < times; count++) {
      await (crash ? this.#theatre.crash() : this.#theatre.restart())
    }
  }

  /** @throws RestartPointError */
  compareTo(whole: Performance, announcement: string | undefined): void {
    const when = `with ${this.blow} when ${this.place}`
    for (const [label, { sent, closed }] of whole.#parts) {
      const part = this.#parts.get(label)
      const expected = Buffer.concat(sent)
      const seen = without(Buffer.concat(part?.sent ?? []), announcement)
      if (!expected.equals(seen)) {
        let from = 0
        while (from < expected.length && expected[from] === seen[from]) from += 1
        throw new RestartPointError(
          [
            `${label} sees something else, from byte ${from} on, ${when}.`,
            `Without: ${around(expected, from)}`,
            `With:    ${around(seen, from)}`,
            ...(from < (part?.before ?? 0) ? [NOT_THE_SAME] : []),
          ].join('\n'),
        )
      }
      if ((part?.closed ?? closed) !== closed) {
        const states = closed ? ['open', 'closed'] : ['closed', 'open']
        throw new RestartPointError(
          `The connection of ${label} is ${states[0]} at the end, ${when}; without that it is ${states[1]}.`,
        )
      }
    }
  }
}

const NOT_THE_SAME =
  'That was sent before the process was replaced: the play itself is not the same each time. What is drawn at random, read from ' +
  'a clock, or counted outside of the service must begin anew with each play.'

function lengthOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}

/** Bytes without the lines that are this text. */
function without(bytes: Buffer, text: string | undefined): Buffer {
  if (text === undefined) return bytes
  return Buffer.from(
    bytes.toString('latin1').replaceAll(`${Buffer.from(text).toString('latin1')}\r\n`, ''),
    'latin1',
  )
}

/** Bytes before and after a difference that are shown. */
const BEFORE = 40
const AFTER = 200

function around(bytes: Buffer, place: number): string {
  const from = Math.max(0, place - BEFORE)
  const text = bytes.subarray(from, place + AFTER).toString()
  return `${from > 0 ? '...' : ''}${escapeText(text)}${bytes.length > place + AFTER ? '...' : '◀'}`
}
