/** What other rooms use of the log. */
export { type Channel, isLogger, type LoggerLike, loggerMethods } from './channel.js'
export { LogFileError } from './errors.js'
export { createLog, type Log, type LogOptions } from './log.js'
export type { LogStream } from './output.js'
