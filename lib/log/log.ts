/**
 * The log of a service, based on pino and divided into channels. It writes to stderr or a file: lines for people on a
 * terminal, JSON elsewhere. Standard output is left to the program.
 */
import { pino } from 'pino'
import { type Clock, systemClock } from '../clock.js'
import { within } from '../wait.js'
import { type Channel, isLogger, type LoggerLike, openChannel, silentChannel } from './channel.js'
import { type Choice, everyday, everything, readChoice } from './choice.js'
import { followed, type LogFollowers } from './follow.js'
import { fileOutput, type LogStream, notice, type Output, streamOutput } from './output.js'
import { pinoOptions } from './record.js'

export interface LogOptions {
  /** What to log (see `readChoice`), or the program's own logger, which then formats, redacts and writes. */
  readonly log?: boolean | string | readonly string[] | LoggerLike | undefined
  /** A file to append to, in place of `stream`. Not used with the program's own logger. */
  readonly logFile?: string | undefined
  /** Default: standard error. */
  readonly stream?: LogStream | undefined
  /** What a flush is timed by; the system's unless said otherwise. */
  readonly clock?: Clock | undefined
}

export interface Log {
  /** The channel of this name, always the same object. A program may use names of its own. */
  channel(name: string): Channel
  /** Resolves when all that was logged has left the process or is lost, or when its reader has stood still for a second. */
  flush(): Promise<void>
  /** Flushes, and closes the log file. What is logged afterwards is lost. */
  close(): Promise<void>
}

/** How long a flush may take, in milliseconds: at a restart all clients wait for it. */
const FLUSH = 1_000

/** @throws LogFileError */
export function createLog(
  { log = true, logFile, stream = process.stderr, clock = systemClock }: LogOptions = {},
  followers?: LogFollowers,
): Log {
  if (isLogger(log)) return foreignLog(log, clock, followers)
  const choice = readChoice(log)
  // Silence opens no file.
  if (choice === 'silence') return channels(silence, clock, () => silentChannel)
  const report = (message: string) => streamOutput(stream).write(notice(message))
  const output = logFile === undefined ? streamOutput(stream) : fileOutput(logFile, report)
  const root = pino(pinoOptions, output)
  return channels(output, clock, (channel) =>
    openChannel(followed(root.child({ channel }), channel, followers), chosen(choice, channel)),
  )
}

function chosen(choice: Choice, channel: string): { info: boolean; debug: boolean } {
  return { info: choice(channel), debug: choice('debug') }
}

const silence = { flush: () => Promise.resolve(), close: () => Promise.resolve() }

interface Flushable {
  isLevelEnabled?(level: string): boolean
  flush?(callback: (error?: Error) => void): unknown
}

/** A program's own logger, whose level counts too: at `debug` it gets every channel, above that all but the verbose. */
function foreignLog(logger: LoggerLike & Flushable, clock: Clock, followers: LogFollowers | undefined): Log {
  const takes = (level: string) => logger.isLevelEnabled?.(level) ?? level !== 'debug'
  const choice = takes('debug') ? everything : everyday
  const flush = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      if (logger.flush === undefined) return resolve()
      const flushed = logger.flush(() => resolve())
      // Some loggers give a promise, and call nobody back.
      if (flushed instanceof Promise) flushed.then(() => resolve(), resolve)
    })
  }
  return channels({ flush, close: flush }, clock, (channel) => {
    const { info, debug } = chosen(choice, channel)
    return openChannel(followed(logger.child({ channel }), channel, followers), {
      info: info && takes('info'),
      debug,
    })
  })
}

function channels(
  { flush, close }: Pick<Output, 'flush' | 'close'>,
  clock: Clock,
  open: (name: string) => Channel,
): Log {
  // Where its reader stands still, or it fails, the log is lost, and the service goes on.
  const patiently = async (flushed: Promise<void>): Promise<void> => {
    await within(clock, FLUSH, flushed).catch(() => {})
  }
  const opened = new Map<string, Channel>()
  return {
    channel(name) {
      const known = opened.get(name)
      if (known !== undefined) return known
      const channel = open(name)
      opened.set(name, channel)
      return channel
    },
    flush: () => patiently(flush()),
    close: () => patiently(close()),
  }
}
