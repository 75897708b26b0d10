/**
 * Whether a conversation survives: it is played whole, and then once for each moment at which somebody was to type, with a
 * new process at that moment. Every client must see the same bytes each time.
 */
import { checkNames, checkObject, checkText, InvalidOptionError, messageOf } from '../errors.js'
import type { SettingsInput } from '../settings/index.js'
import type { AnyService } from './actor.js'
import { AngelProcess } from './angel-process.js'
import { RestartPointError } from './errors.js'
import { Performance, type Play } from './performance.js'
import { type Dial, ProcessTheatre } from './process-theatre.js'
import { Stage } from './stage.js'
import type { Theatre } from './theatre.js'

const WHERE = 'everyRestartPoint()'

export interface Scenario {
  /** Makes the service anew, as a new process would: nothing in it may be left of the one before. */
  readonly service: () => AnyService | PromiseLike<AnyService>
  /**
   * What it is started with, settings of its own included. Unless said otherwise it does not log, and gets a folder for its
   * stores that is empty whenever it is played.
   */
  readonly settings?: (SettingsInput & { readonly [own: string]: unknown }) | undefined
  /** Plays it. Each `sees` is a moment at which the process may be replaced. */
  play: Play
}

/** The same with real processes, real sockets and a real angel: slower by seconds for each moment. */
export interface ProgramScenario {
  /** The program's file, as for `mara angel`. */
  readonly program: string
  /** For the program. Unless said otherwise it gets a free port, and an empty folder for its stores. */
  readonly settings?: readonly string[] | undefined
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Opens a connection; to the program's first server unless said otherwise. */
  readonly dial?: Dial | undefined
  /** One angel serves for all moments: faster, where a program forgets whoever has left. */
  readonly reuse?: boolean | undefined
  play: Play
}

export interface RestartPointOptions {
  /** The process is lost, rather than replaced. */
  readonly crash?: boolean | undefined
  /** How often it is replaced at each of the moments; once unless said otherwise. */
  readonly times?: number | undefined
  /** Only the moments of the client of this name; those of all clients unless said otherwise. */
  readonly of?: string | undefined
  /** What the service itself says of a restart, such as the text of `announceRestarts`: it makes no difference. */
  readonly announcement?: string | undefined
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
  options: RestartPointOptions = {},
): Promise<number> {
  checkScenario(scenario)
  checkNames(WHERE, options, ['times', 'of', 'announcement'], ['crash'])
  // In memory nothing else keeps the process running while a handler waits in vain: it would end, and nobody would hear why.
  const alive = setInterval(() => {}, 60_000)
  try {
    if ('program' in scenario) return await everyPointOfProgram(scenario, options)
    return await everyPointOf(
      () => new Stage(() => made(scenario), scenario.settings),
      scenario.play,
      options,
    )
  } finally {
    clearInterval(alive)
  }
}

/** @throws InvalidOptionError where the function of a scenario makes no service, as one without a `return` does. */
async function made(scenario: Scenario): Promise<AnyService> {
  const service = await scenario.service()
  if (typeof service?.start === 'function') return service
  throw new InvalidOptionError(WHERE, 'from service()', service, 'a Service')
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

const OF_SERVICE = ['service', 'settings', 'play']
const OF_PROGRAM = ['program', 'settings', 'env', 'dial', 'play']

/** @throws InvalidOptionError for what is no scenario. */
function checkScenario(scenario: Scenario | ProgramScenario): void {
  checkObject(WHERE, 'scenario', scenario, 'an object that has a service or a program, and a play')
  const { program, service, settings, play } = scenario as Partial<ProgramScenario & Scenario>
  if ('program' in scenario) checkNames(WHERE, scenario, OF_PROGRAM, ['reuse'])
  else checkNames(WHERE, scenario, OF_SERVICE)
  if ('program' in scenario) {
    if (typeof program !== 'string')
      throw new InvalidOptionError(WHERE, 'program', program, 'the path of a file')
    if (settings !== undefined && !Array.isArray(settings))
      throw new InvalidOptionError(
        WHERE,
        'settings',
        settings,
        "a list of arguments, such as ['--telnet=false']",
      )
  } else if (typeof service !== 'function') {
    throw new InvalidOptionError(WHERE, 'service', service, 'a function that makes the service')
  } else if (settings !== undefined) {
    checkObject(WHERE, 'settings', settings, 'an object of settings')
  }
  if (typeof play !== 'function')
    throw new InvalidOptionError(WHERE, 'play', play, 'a function that plays it')
}

/** The same, on any kind of theatre. */
async function everyPointOf(
  open: () => Theatre,
  play: Play,
  { crash = false, times = 1, of, announcement }: RestartPointOptions = {},
): Promise<number> {
  if (!Number.isSafeInteger(times) || times < 1) {
    throw new InvalidOptionError(WHERE, 'times', times, 'a whole number from 1 on')
  }
  if (announcement !== undefined) checkText(WHERE, 'announcement', announcement)
  const whole = new Performance(open(), play, { point: 0, times, crash, of })
  await whole.run()
  if (of !== undefined && !whole.names.has(of)) {
    const names = [...whole.names].join(', ')
    throw new InvalidOptionError(WHERE, 'of', of, `the name of somebody in the play: ${names}`)
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
