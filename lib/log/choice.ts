/**
 * Which channels are logged: the setting `log`, read.
 */

/** Whether a channel was chosen. */
export type Choice = (channel: string) => boolean

// Too much for every day: they are logged where they are named, or with 'all'.
const verbose = new Set(['event', 'debug'])

export const everyday: Choice = (channel) => !verbose.has(channel)
export const everything: Choice = () => true

/**
 * `true`: all but `event` and `debug`. `false`: silence, warnings and errors included. Names, as an array or
 * separated by commas: those channels; `all` among them: every one. No names: warnings and errors alone.
 */
export function readChoice(log: boolean | string | readonly string[]): Choice | 'silence' {
  if (log === false) return 'silence'
  if (log === true) return everyday
  const words = typeof log === 'string' ? log.split(',') : log
  const names = new Set(words.map((word) => word.trim()))
  return names.has('all') ? everything : (channel) => names.has(channel)
}
