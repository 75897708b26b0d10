/**
 * Whoever reads the log while it is written, such as a console. Each gets the records of the channels that are logged, as
 * they are written, with secrets censored. While nobody follows, this costs one comparison a record.
 */
import { pino } from 'pino'
import type { LoggerLike } from './channel.js'
import type { LogRecord } from './readable.js'
import { pinoOptions } from './record.js'

/** Called while something is logged: it must be quick, must not throw, and must not log. */
export type LogFollower = (record: LogRecord) => void

/** The followers of a service's log; they stay when the service is started again with another one. */
export class LogFollowers {
  readonly #followers = new Set<LogFollower>()
  readonly #root: LoggerLike = pino(pinoOptions, {
    write: (json: string) => {
      const record = JSON.parse(json) as LogRecord
      for (const follower of this.#followers) follower(record)
    },
  })

  get any(): boolean {
    return this.#followers.size > 0
  }

  /** Returns a function that ends it. */
  add(follower: LogFollower): () => void {
    this.#followers.add(follower)
    return () => void this.#followers.delete(follower)
  }

  /** The same, as a logger that writes to them. */
  channel(name: string): LoggerLike {
    return this.#root.child({ channel: name })
  }
}

/** A channel's logger that tells the followers as well. */
export function followed(
  logger: LoggerLike,
  channel: string,
  followers: LogFollowers | undefined,
): LoggerLike {
  if (followers === undefined) return logger
  let copy: LoggerLike | undefined
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: object, message?: string): void => {
      // First, since the output may fail.
      if (followers.any) {
        copy ??= followers.channel(channel)
        copy[level](fields, message)
      }
      logger[level](fields, message)
    }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (bindings) => logger.child(bindings),
  }
}
