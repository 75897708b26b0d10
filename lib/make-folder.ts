import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder where there is none, and those above it. Unlike the recursive `mkdir` of Node, it does not try for ever
 * where the system says ENOENT though the parent is there, as it does in /proc.
 *
 * @returns the outermost folder that it has made; undefined where there was nothing to make.
 * @throws the system's error
 */
export function makeFolder(folder: string, mode?: number): string | undefined {
  try {
    return makeOne(folder, mode)
  } catch (error) {
    const parent = dirname(folder)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error
    const outermost = makeFolder(parent, mode)
    const made = makeOne(folder, mode)
    return outermost ?? made
  }
}

/** Somebody else may make it at the same time. */
function makeOne(folder: string, mode: number | undefined): string | undefined {
  try {
    mkdirSync(folder, mode)
    return folder
  } catch (error) {
    if (isFolder(folder)) return undefined
    throw error
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
