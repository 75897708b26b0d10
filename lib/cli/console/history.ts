/**
 * The lines that were typed into consoles, kept between runs in a file that only its user can read. Each is added when it
 * is typed, so two consoles at once lose nothing, and a crash neither. Lines that begin with a blank are not kept, as in
 * shells: for those that hold a secret.
 */
import { chmodSync, closeSync, constants, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { makeFolder } from '../../make-folder.js'

/** Lines that are kept. */
const MOST = 1_000
/** Characters of a line; a longer one is not kept. */
const LONGEST = 4_096

export interface History {
  /** The newest first, as readline has them. */
  readonly lines: string[]
  add(line: string): void
}

/** Where it is, by the rules of XDG. */
export function historyFile({ XDG_STATE_HOME: state }: NodeJS.ProcessEnv = process.env): string {
  const folder =
    state !== undefined && path.isAbsolute(state) ? state : path.join(homedir(), '.local', 'state')
  return path.join(folder, 'mara', 'console-history')
}

/** @param warn told once where the file can't be used; then lines are kept for this run alone. */
export function openHistory(file: string, warn: (message: string) => void): History {
  let usable = true
  const attempt = (action: () => void): void => {
    if (!usable) return
    try {
      action()
    } catch (error) {
      usable = false
      warn(`Lines are not kept: ${(error as Error).message}\n`)
    }
  }
  let kept: string[] = []
  attempt(() => {
    makeFolder(path.dirname(file), 0o700)
    kept = read(file)
  })
  let last = kept.at(-1)
  return {
    lines: [...kept].reverse(),
    add(line) {
      if (line.trim() === '' || line.startsWith(' ') || line.length > LONGEST || line === last) return
      last = line
      attempt(() => append(file, `${line}\n`))
    },
  }
}

/** To a file, and not to where a link leads. */
function append(file: string, text: string): void {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = constants
  const opened = openSync(file, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600)
  try {
    writeSync(opened, text)
  } finally {
    closeSync(opened)
  }
}

/** What is in the file, which is made if need be, and cut if it has grown long. */
function read(file: string): string[] {
  append(file, '')
  chmodSync(file, 0o600)
  const all = readFileSync(file, 'utf8').split('\n').filter(isFit)
  const kept = all.slice(-MOST)
  if (all.length > 2 * MOST) writeFileSync(file, `${kept.join('\n')}\n`, { mode: 0o600 })
  return kept
}

/** Somebody may have written to it: what is shown on the terminal has no control characters. */
function isFit(line: string): boolean {
  return line !== '' && line.length <= LONGEST && !/\p{Cc}/u.test(line)
}
