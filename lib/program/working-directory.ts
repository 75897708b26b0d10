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
  return path.isAbsolute(told) && isSame(told, real) ? told : real
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((folder) => statSync(folder, { throwIfNoEntry: false }))
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino
}
