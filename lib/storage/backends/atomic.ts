/**
 * Writes files so that a reader finds the whole old text or the whole new one, even after a crash of this process or of
 * the machine. The text is written to a temporary file beside the old one and forced to disk; then the file is renamed
 * over the old one, and the rename is forced to disk too.
 */
import { randomBytes } from 'node:crypto'
import { type FileHandle, lstat, open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { patiently } from './patiently.js'

const TEMPORARY = /^\..+\.[0-9a-f]{16}\.tmp$/

/** Long enough that no write still under way, in this process or another, is ever mistaken for a leftover. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000

/**
 * A symbolic link stays one: the file that it leads to is replaced. One that leads nowhere is refused, since what it leads to
 * may be on a disk that is away.
 *
 * @throws what the file system throws; `path` then holds what it held before.
 */
export async function writeAtomic(path: string, text: string): Promise<void> {
  const before = await ignoreMissing(lstat(path))
  if (before?.isSymbolicLink()) return writeAtomic(await realpath(path), text)
  const directory = dirname(path)
  const temporary = join(directory, `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`)
  const mode = before && before.mode & 0o777
  await patiently(async () => {
    const file = await open(temporary, 'wx', mode)
    try {
      try {
        // The umask has had its say over the mode above; a file that a person opened up or closed stays that way.
        if (mode !== undefined) await file.chmod(mode)
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
    } catch (error) {
      await unlink(temporary).catch(() => {})
      throw error
    }
  })
  await syncDirectory(directory)
}

export const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Undefined where the file of `work` is not there. */
export async function ignoreMissing<R>(work: Promise<R>): Promise<R | undefined> {
  try {
    return await work
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Makes the names in a directory survive a power cut. Windows has no such call and needs none. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  await patiently(async () => {
    let handle: FileHandle | undefined
    try {
      handle = await open(directory, 'r')
      await handle.sync()
    } finally {
      await handle?.close()
    }
  })
}

/** Removes temporary files that killed processes left behind. Ones that cannot be removed do no harm and stay. */
export async function removeLeftovers(directory: string): Promise<void> {
  const oldest = Date.now() - LEFTOVER_AGE_MS
  for (const name of await patiently(() => readdir(directory))) {
    if (!TEMPORARY.test(name)) continue
    const path = join(directory, name)
    try {
      if ((await stat(path)).mtimeMs < oldest) await unlink(path)
    } catch {
      // Another process was faster, or may remove it and this one may not.
    }
  }
}
