/**
 * How specs start Node on a file of this repository: from the mirror where the runner runs the spec from there (see
 * spec/runner/mirror.ts), and through tsx where somebody runs it by hand.
 */
import { fileURLToPath } from 'node:url'
import { mirrored, runsInMirror } from '../runner/mirror.js'

const isMirrored = import.meta.url.endsWith('.js')

/** The root of the repository, with a slash behind it. */
export const ROOT = fileURLToPath(new URL(isMirrored ? '../../../' : '../../', import.meta.url))

/**
 * @param file TypeScript, from the root of the repository.
 * @returns what Node runs of it, from there too.
 */
export const built = (file: string): string => (isMirrored ? mirrored(file) : file)

/** Node's arguments that run any file, from the root of the repository. */
export function nodeArgs(file: string, ...args: string[]): string[] {
  return isMirrored && runsInMirror(file) ? [mirrored(file), ...args] : ['--import', 'tsx', file, ...args]
}

/** Node's arguments without which it can't run what is `built`. */
export const loader: readonly string[] = isMirrored ? [] : ['--import', 'tsx']
