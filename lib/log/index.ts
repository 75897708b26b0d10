/**
 * The log room's door: what the rest of the library uses of it.
 */
export { type Channel, isLogger, type LoggerLike, loggerMethods } from './channel.js'
export { createLog, type Log, type LogOptions } from './log.js'
