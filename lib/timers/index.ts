/**
 * Functions that run by the clock: the subpath `mara-ts/timers`. A service has its own, as `service.timer`.
 *
 *     service.timer({ every: 60_000 }, () => service.writeAll('A minute has passed.'))
 *     service.timer({ hour: 9, minute: 30 }, greet)
 *     service.timer({ cron: '0 9 * * 1-5', timeZone: 'Europe/Berlin' }, openOffice)
 */
export { InvalidScheduleError } from './errors.js'
export type { CalendarSchedule, Weekday } from './fields.js'
export type {
  AfterSchedule,
  AtSchedule,
  CronSchedule,
  PeriodSchedule,
  Schedule,
} from './schedule.js'
export type { Timer, TimerFunction, TimerOptions } from './timer.js'
export { type DueTimes, Timers, type TimersOptions } from './timers.js'
