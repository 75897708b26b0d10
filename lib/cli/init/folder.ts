/**
 * The folder of a new project: nothing of the user's is ever overwritten.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { InitError } from '../errors.js'

// A repository that was just begun, and what file managers leave behind, are no content.
const harmless = new Set(['.git', '.DS_Store', 'Thumbs.db'])

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
    if (code === 'ENOTDIR') throw new InitError(`${shown} is a file, or below one. Name a folder.`)
    throw new InitError(`The folder ${shown} can't be read: ${message}`, { cause: error })
  }
  const found = entries.filter((entry) => !harmless.has(entry)).sort()
  if (found.length === 0) return
  const few = found.slice(0, 3).join(', ')
  const more = found.length > 3 ? ` and ${found.length - 3} more` : ''
  throw new InitError(
    `The folder ${shown} is not empty: it has ${few}${more}. Name a new or an empty folder.`,
  )
}

/**
 * Writes files, given by their path from the folder with `/` between, and the folders they need.
 *
 * @throws InitError
 */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, text] of files) {
    const file = path.join(folder, name)
    try {
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, text, { flag: 'wx' })
    } catch (error) {
      throw new InitError(`${file} can't be written: ${(error as Error).message}`, { cause: error })
    }
  }
}
