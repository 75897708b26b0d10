/** What other rooms use of the log. */
export { type Channel, isLogger, type LoggerLike, loggerMethods } from './channel.js'
export { createLog, type Log, type LogOptions } from './log.js'
