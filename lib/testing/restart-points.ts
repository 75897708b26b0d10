/**
 * Whether a conversation survives: it is played whole, and then once for each moment at which somebody was to type, with a
 * new process at that moment. Every client must see the same bytes each time.
 */
import type { Duplex } from 'node:stream'
import { InvalidOptionError, MaraError, messageOf } from '../errors.js'
import type { SettingsInput } from '../settings/index.js'
import { escapeText } from '../text/escape.js'
import type { AnyService } from './actor.js'
import { AngelProcess } from './angel-process.js'
import { connectTo, type Player, type PlayerOptions } from './player.js'
import { type Dial, ProcessTheatre } from './process-theatre.js'
import { Stage } from './stage.js'
import type { Theatre } from './theatre.js'

export interface Scenario {
  /** Makes the service anew, as a new process would: nothing in it may be left of the one before. */
  readonly service: () => AnyService | PromiseLike<AnyService>
  /**
   * What it is started with. Unless said otherwise it does not log, and gets a folder for its stores that is empty whenever
   * it is played.
   */
  readonly settings?: SettingsInput
  /** Plays it. Each `sees` is a moment at which the process may be replaced. */
  play(connect: (name: string, options?: PlayerOptions) => Promise<Player>): Promise<void>
}

/** The same with real processes, real sockets and a real angel: slower by seconds for each moment. */
export interface ProgramScenario {
  /** The program's file, as for `mara angel`. */
  readonly program: string
  /** For the program. Unless said otherwise it gets a free port, and an empty folder for its stores. */
  readonly settings?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Opens a connection; to the program's first server unless said otherwise. */
  readonly dial?: Dial
  /** One angel serves for all moments: faster, where a program forgets whoever has left. */
  readonly reuse?: boolean
  play: Scenario['play']
}

export interface RestartPointOptions {
  /** The process is lost, rather than replaced. */
  readonly crash?: boolean
  /** How often it is replaced at each of the moments; once unless said otherwise. */
  readonly times?: number
  /** Only the moments of the client of this name; those of all clients unless said otherwise. */
  readonly of?: string
  /** What the service itself says of a restart, such as the text of `announceRestarts`: it makes no difference. */
  readonly announcement?: string
}

/** Somebody has seen something else since the process was replaced, or the play does not show whether that is so. */
export class RestartPointError extends MaraError {
  readonly code = 'MARA_RESTART_POINT'
}

/**
 * Plays a conversation whole, and then once for each moment at which somebody has seen what they waited for, with a new
 * process at that moment. What was sent to each client must be the same, byte for byte, and so must be whose connection the
 * service has closed.
 *
 * ```ts
 * await everyRestartPoint({
 *   service: () => makeService(),
 *   async play(connect) {
 *     const ann = await connect('ann')
 *     await ann.sees('Name: ')
 *     ann.type('Ann')
 *     await ann.sees('Welcome, Ann')
 *   },
 * })
 * ```
 *
 * @returns how many moments there were.
 * @throws RestartPointError that shows the first difference; InvalidOptionError; ProgramFailedError; what `play` throws.
 */
export async function everyRestartPoint(
  scenario: Scenario | ProgramScenario,
  options?: RestartPointOptions,
): Promise<number> {
  // In memory nothing else keeps the process running while a handler waits in vain: it would end, and nobody would hear why.
  const alive = setInterval(() => {}, 60_000)
  try {
    if ('program' in scenario) return await everyPointOfProgram(scenario, options)
    return await everyPointOf(() => new Stage(scenario.service, scenario.settings), scenario.play, options)
  } finally {
    clearInterval(alive)
  }
}

async function everyPointOfProgram(
  { program, settings, env, dial, reuse = false, play }: ProgramScenario,
  options?: RestartPointOptions,
): Promise<number> {
  const start = (): Promise<AngelProcess> => AngelProcess.start(program, settings, env)
  if (!reuse)
    return everyPointOf(() => new ProcessTheatre(start, (angel) => angel.stop(), dial), play, options)
  const angel = await start()
  try {
    const open = async (): Promise<AngelProcess> => angel
    return await everyPointOf(() => new ProcessTheatre(open, () => angel.deserted(), dial), play, options)
  } finally {
    await angel.stop()
  }
}

/** The same, on any kind of theatre. */
async function everyPointOf(
  open: () => Theatre,
  play: Scenario['play'],
  { crash = false, times = 1, of, announcement }: RestartPointOptions = {},
): Promise<number> {
  if (!Number.isSafeInteger(times) || times < 1) {
    throw new InvalidOptionError('everyRestartPoint()', 'times', times, 'a whole number from 1 on')
  }
  const whole = new Performance(open(), play, { point: 0, times, crash, of })
  await whole.run()
  if (of !== undefined && !whole.names.has(of)) {
    const names = [...whole.names].join(', ')
    throw new InvalidOptionError(
      'everyRestartPoint()',
      'of',
      of,
      `the name of somebody in the play: ${names}`,
    )
  }
  if (whole.points === 0) {
    throw new RestartPointError(
      'The play has no moment for a restart: use sees() of those whom connect() gives, once each time before they type.',
    )
  }
  for (let point = 1; point <= whole.points; point++) {
    const performance = new Performance(open(), play, { point, times, crash, of })
    try {
      await performance.run()
    } catch (error) {
      const { blow, place } = performance
      throw new RestartPointError(`With ${blow} when ${place}: ${messageOf(error)}`, { cause: error })
    }
    if (performance.points < point) {
      throw new RestartPointError(
        `The play had ${whole.points} moments the first time, and ${performance.points} now, without any restart. ` +
          'It must be the same each time.',
      )
    }
    performance.compareTo(whole, announcement)
  }
  return whole.points
}

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

class Performance {
  readonly #theatre: Theatre
  readonly #play: Scenario['play']
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
  constructor(theatre: Theatre, play: Scenario['play'], interruption: Interruption) {
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
