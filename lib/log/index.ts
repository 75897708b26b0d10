/** What other rooms use of the log. */
export { type Channel, isLogger, type LoggerLike, loggerMethods } from './channel.js'
export { type LogFollower, LogFollowers } from './follow.js'
export { createLog, type Log, type LogOptions } from './log.js'
export { formatRecord } from './readable.js'
export { StandingLog } from './standing-log.js'
