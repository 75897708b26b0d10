/** A channel: one subject of the log (`client`, `store`, a program's own), switched on or off as a whole. */
import { serializeFields } from './serialize.js'

type Write = (message: string, fields?: object) => void

export interface Channel {
  /**
   * Whether `info` writes. A plain property, for hot paths: `if (channel.enabled) channel.info(costlyText())`.
   */
  readonly enabled: boolean
  /** Writes if this channel and `debug` are both chosen. */
  readonly debug: Write
  /** Writes if this channel is chosen. */
  readonly info: Write
  /** Writes unless the log is silent, whatever channels are chosen. */
  readonly warn: Write
  /** Writes unless the log is silent. An error among the fields is written with its stack and causes. */
  readonly error: Write
}

/** A program's own logger: a pino logger, or any object with these methods. */
export interface LoggerLike {
  debug(fields: object, message?: string): void
  info(fields: object, message?: string): void
  warn(fields: object, message?: string): void
  error(fields: object, message?: string): void
  child(bindings: Record<string, unknown>): LoggerLike
}

/** The methods of `LoggerLike`, for error messages. */
export const loggerMethods = ['debug', 'info', 'warn', 'error', 'child'] as const

export function isLogger(value: unknown): value is LoggerLike {
  if (typeof value !== 'object' || value === null) return false
  return loggerMethods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
}

type Level = 'debug' | 'info' | 'warn' | 'error'

/** The method of channels that are off: one shared function, so that engines inline it. */
export const nothing: Write = () => {}

export const silentChannel: Channel = Object.freeze({
  enabled: false,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
})

const none = Object.freeze({})

/** The method never throws: if the fields cannot be written, the record is written without them. */
function writer(logger: LoggerLike, level: Level): Write {
  return (message, fields) => {
    try {
      logger[level](fields === undefined ? none : serializeFields(fields), message)
    } catch {
      try {
        logger[level]({ lost: 'the fields of this record could not be written' }, message)
      } catch {
        // The output itself is broken, and there is no other place to report it.
      }
    }
  }
}

export function openChannel(logger: LoggerLike, chosen: { info: boolean; debug: boolean }): Channel {
  return Object.freeze({
    enabled: chosen.info,
    debug: chosen.info && chosen.debug ? writer(logger, 'debug') : nothing,
    info: chosen.info ? writer(logger, 'info') : nothing,
    warn: writer(logger, 'warn'),
    error: writer(logger, 'error'),
  })
}
