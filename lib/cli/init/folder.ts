/**
 * The folder of a new project: nothing of the user's is ever overwritten.
 */
import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder } from '../../make-folder.js'
import { InitError } from '../errors.js'

// A repository that was just begun, and what file managers leave behind, are no content.
const harmless = new Set(['.git', '.DS_Store', 'Thumbs.db'])

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * @param shown the folder as the user wrote it.
 * @throws InitError unless the folder is empty, or can be made.
 */
export async function checkFolder(folder: string, shown: string): Promise<void> {
  let entries: string[]
  try {
    entries = await readdir(folder)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    if (code === 'ENOTDIR') throw new InitError(`${shown} is a file, or a path below a file. Name a folder.`)
    throw new InitError(`The folder ${shown} can't be read: ${message}`, { cause: error })
  }
  const found = entries.filter((entry) => !harmless.has(entry)).sort()
  if (found.length === 0) return
  const few = found.slice(0, 3).join(', ')
  const more = found.length > 3 ? ` and ${found.length - 3} more` : ''
  throw new InitError(
    `The folder ${shown} is not empty: it contains ${few}${more}. Name a new or empty folder.`,
  )
}

/**
 * Makes a folder where there is none, and runs `make`. If that fails or the process is told to end, all that came into
 * the folder meanwhile is removed again, and so are the folders that were made for it.
 *
 * @param make gets a signal that aborts when the process is told to end (Ctrl-C).
 * @throws InitError, and what `make` throws.
 */
export async function fillFolder(
  folder: string,
  make: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const made = await attempt(folder, async () => makeFolder(folder))
  const before = new Set(await readdir(folder))
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  for (const signal of SIGNALS) process.on(signal, abort)
  try {
    await make(controller.signal)
    if (controller.signal.aborted) throw new InitError('Interrupted.')
  } catch (error) {
    for (const entry of await readdir(folder)) {
      if (!before.has(entry)) {
        await rm(path.join(folder, entry), { recursive: true, force: true, maxRetries: 3 })
      }
    }
    if (made !== undefined) await removeEmpty(folder, made)
    throw error
  } finally {
    for (const signal of SIGNALS) process.off(signal, abort)
  }
}

/** Removes folders from the inner to the outer one; what others have put there meanwhile stays. */
async function removeEmpty(inner: string, outer: string): Promise<void> {
  for (let folder = inner; folder.length >= outer.length; folder = path.dirname(folder)) {
    try {
      await rmdir(folder)
    } catch {
      return
    }
  }
}

/**
 * Writes files, given by their path from the folder with `/` between, and the folders they need.
 *
 * @throws InitError
 */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, text] of files) {
    const file = path.join(folder, name)
    await attempt(file, async () => {
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, text, { flag: 'wx' })
    })
  }
}

async function attempt<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw new InitError(`${file} can't be written: ${(error as Error).message}`, { cause: error })
  }
}
