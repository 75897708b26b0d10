/** The working directory, as whoever started the process calls it. */
import { statSync } from 'node:fs'
import path from 'node:path'

/**
 * The absolute path of the working directory. In `current`, a link to the newest release, it is the path of that link,
 * where the shell has told it (`PWD`): it leads to the newest release also when that is another one. `process.cwd()` is
 * the folder that the link led to.
 */
export function workingDirectory({ PWD: told = '' } = process.env): string {
  const real = process.cwd()
  return path.isAbsolute(told) && told === path.normalize(told) && isSame(told, real) ? told : real
}

/**
 * The absolute path of a file, by the name of the working directory. One that is absolute needs no working directory,
 * which may have been removed; and of what is beside a folder that a link leads to, the link knows nothing.
 */
export function absolutePath(file: string): string {
  const name = path.normalize(file)
  if (path.isAbsolute(name)) return name
  return path.join(name.startsWith('..') ? process.cwd() : workingDirectory(), name)
}

function isSame(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one), statSync(other)]
    return a.dev === b.dev && a.ino === b.ino
  } catch {
    // Not there, or not for this user.
    return false
  }
}
