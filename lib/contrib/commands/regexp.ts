/**
 * Regular expressions of programs on lines of strangers. One that has several repetitions can take more time than the
 * age of the universe on a line of forty characters, so it gets a few milliseconds and no more.
 */
import vm from 'node:vm'
import { MaraError } from '../../index.js'

/** Milliseconds that an expression may take for one line. */
const PATIENCE = 50
/** How often it is tried again where others had the processor meanwhile: the time is that of the clock on the wall. */
const TRIES = 5

/** A regular expression took too long for a line; it is taken not to match. */
export class SlowRegExpError extends MaraError {
  readonly code = 'MARA_SLOW_REGEXP'

  constructor(regexp: RegExp, length: number) {
    super(
      `The regular expression ${regexp} took more than ${PATIENCE} ms for a line of ${length} characters; ` +
        'write it without repetitions inside or next to each other, or use a pattern such as <user:word>.',
    )
  }
}

/** What opens a group and what is escaped has no meaning here. */
const NO_REPETITION = /\\[^1-9k]|\(\?(?:[:=!]|<[=!]|<\w+>)/g

/** Whether it may take longer than the square of a line's length: it repeats in several places, or repeats a group. */
function isRisky({ source }: RegExp): boolean {
  const rest = source.replace(NO_REPETITION, '')
  return (rest.match(/[*+?{\\]/g) ?? []).length > 1 || /\)[*+{]/.test(rest)
}

let runner: { readonly box: vm.Context; readonly exec: vm.Script; readonly replace: vm.Script } | undefined

/**
 * What `regexp.exec(text)` gives.
 *
 * @throws SlowRegExpError
 */
export function execWithin(regexp: RegExp, text: string): RegExpExecArray | null {
  return within(regexp, text, undefined) as RegExpExecArray | null
}

/**
 * What `text.replace(regexp, replacement)` gives.
 *
 * @throws SlowRegExpError
 */
export function replaceWithin(regexp: RegExp, text: string, replacement: string): string {
  return within(regexp, text, replacement) as string
}

function within(regexp: RegExp, text: string, replacement: string | undefined): unknown {
  regexp.lastIndex = 0
  if (!isRisky(regexp))
    return replacement === undefined ? regexp.exec(text) : text.replace(regexp, replacement)
  runner ??= {
    box: vm.createContext(Object.create(null)),
    exec: new vm.Script('regexp.exec(text)'),
    replace: new vm.Script('text.replace(regexp, replacement)'),
  }
  const script = replacement === undefined ? runner.exec : runner.replace
  Object.assign(runner.box, { regexp, text, replacement })
  try {
    for (let left = TRIES; ; left--) {
      const before = process.cpuUsage()
      try {
        return script.runInContext(runner.box, { timeout: PATIENCE })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
        const { user, system } = process.cpuUsage(before)
        if (left === 1 || user + system > (PATIENCE * 1_000) / 2)
          throw new SlowRegExpError(regexp, text.length)
      }
    }
  } finally {
    Object.assign(runner.box, { regexp: undefined, text: undefined })
  }
}
