/** Which channels are logged: reads the setting `log`. */

/** Whether a channel was chosen. */
export type Choice = (channel: string) => boolean

// They write too much for everyday use, and are logged only if they are named, or with 'all'.
const verbose = new Set(['event', 'debug'])

export const everyday: Choice = (channel) => !verbose.has(channel)
export const everything: Choice = () => true

/**
 * - `true`: all but `event` and `debug`.
 * - `false`: silence, warnings and errors included.
 * - Names, as an array or separated by commas: those channels; `all` among them: every channel.
 * - A name with a minus sign leaves that channel out, wherever it stands: `all,-client`. Where no channel is named
 *   besides, the others are those of `true`.
 * - No names: warnings and errors alone.
 */
export function readChoice(log: boolean | string | readonly string[]): Choice | 'silence' {
  if (log === false) return 'silence'
  if (log === true) return everyday
  const words = (typeof log === 'string' ? log.split(',') : log).map((word) => word.trim())
  const named = new Set(words.filter((word) => word !== '' && !word.startsWith('-')))
  const excluded = new Set(words.filter((word) => word.startsWith('-')).map((word) => word.slice(1).trim()))
  const included = inclusion(named, excluded.size > 0)
  return excluded.size === 0 ? included : (channel) => included(channel) && !excluded.has(channel)
}

function inclusion(named: ReadonlySet<string>, excludes: boolean): Choice {
  if (named.has('all')) return everything
  return named.size === 0 && excludes ? everyday : (channel) => named.has(channel)
}
