/**
 * When a timer is due: schedules as pure functions of time. All times are milliseconds since the epoch, `undefined`
 * means never.
 */

export interface Plan {
  /** When a timer that starts at `start` is due first. */
  first(start: number): number | undefined
  /** When it is due again after it was due at `due`. */
  following(due: number): number | undefined
  /** When it is due next, `now` or later, where `missed`, before `now`, was missed. */
  upcoming(missed: number, now: number): number | undefined
  /** How far away a due time can be, in milliseconds; Infinity where the calendar or the program says when. */
  readonly longest: number
}

/** The last moment that a `Date` can hold. Whatever would be due after it is never due. */
const END_OF_TIME = 8.64e15

const moment = (time: number): number | undefined => (time <= END_OF_TIME ? time : undefined)

/** Due at the start plus 1, 2, 3, ... periods. Each due time follows from the one before, not from when it ran. */
export function periodic(period: number): Plan {
  return {
    first: (start) => moment(start + period),
    following: (due) => moment(due + period),
    upcoming: (missed, now) => moment(missed + period * Math.ceil((now - missed) / period)),
    longest: period,
  }
}

/** Due after a period between `min` and `max`, each time a new random one. Never, where `max` is Infinity. */
export function randomPeriodic(min: number, max: number, random: () => number): Plan {
  const draw = (from: number) => moment(from + min + random() * (max - min))
  return { first: draw, following: draw, upcoming: (_missed, now) => draw(now), longest: max }
}

/** Due once. @param longest see `Plan`. */
export function once(due: (start: number) => number, longest = Infinity): Plan {
  return {
    first: (start) => moment(due(start)),
    following: () => undefined,
    upcoming: () => undefined,
    longest,
  }
}

/** Due at the times that `next` gives: the first one after a given time. */
export function recurring(next: (after: number) => number | undefined): Plan {
  return { first: next, following: next, upcoming: (_missed, now) => next(now - 1), longest: Infinity }
}
