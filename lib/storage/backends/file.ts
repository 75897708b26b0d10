/**
 * The default back end: one JSON file an object, `DIRECTORY/KIND/KEY.json`, which people can read, edit and put under
 * version control while the service is down or the object is not active. Every write is whole or not at all
 * (`atomic.ts`).
 */
import { readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { InvalidOptionError } from '../../errors.js'
import { makeFolder } from '../../make-folder.js'
import type { Backend, WaitOptions } from '../backend.js'
import { Semaphore } from '../concurrency.js'
import { BackendError } from '../errors.js'
import { parseKey } from '../key.js'
import { ignoreMissing, isMissing, removeLeftovers, syncDirectory, writeAtomic } from './atomic.js'
import { asideName } from './key-value.js'
import { patiently } from './patiently.js'

const ENDING = '.json'
/** Throws where other characters would stand for bytes that are none: the next save would make them permanent. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Files that may be open at once. Node works on four at a time however many are asked for, so more would only take
 * descriptors away from sockets.
 */
const OPEN_FILES = 16

const HINTS: Record<string, string> = {
  ENOSPC: 'The disk is full: free some space and save again.',
  EDQUOT: 'The disk quota is used up: free some space and save again.',
  EFBIG: 'The file is larger than the system allows: raise the limit of file sizes and save again.',
  EACCES: 'This user lacks permission: check the rights of the file and of its directory.',
  EPERM: 'This user lacks permission: check the rights of the file and of its directory.',
  EROFS: 'The file system is read-only: remount it, or set another directory.',
  ENOTDIR: 'A file is where a directory should be: move it away, or set another directory.',
  EEXIST: 'A file is where a directory should be: move it away, or set another directory.',
  EISDIR: 'A directory is where the file should be: move it away.',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'It is not UTF-8: save it as UTF-8 with an editor.',
  EMFILE: 'Too many files and sockets are open: raise the limit of open files.',
  ENFILE: 'Too many files and sockets are open: raise the limit of open files.',
}

class FileBackend implements Backend {
  readonly #directory: string
  readonly #limit = new Semaphore(OPEN_FILES)
  /** Kinds whose directory is there and has been swept; a promise, so that a thousand first saves make it once. */
  readonly #prepared = new Map<string, Promise<void>>()

  constructor(directory: string) {
    this.#directory = resolve(directory)
  }

  locate(kind: string, key: string): string {
    return join(this.#directoryOf(kind), parseKey(key) + ENDING)
  }

  read(kind: string, key: string, { signal }: WaitOptions = {}): Promise<string | undefined> {
    const path = this.locate(kind, key)
    return this.#attempt(
      'read',
      path,
      async () => {
        const bytes = await ignoreMissing(patiently(() => readFile(path, { signal })))
        return bytes && UTF8.decode(bytes)
      },
      signal,
    )
  }

  async write(kind: string, key: string, text: string): Promise<void> {
    const path = this.locate(kind, key)
    await this.#attempt('write', path, async () => {
      await this.#prepare(kind)
      try {
        await writeAtomic(path, text)
      } catch (error) {
        // Somebody has removed the directory while the service ran: it is made again, once.
        if (!isMissing(error)) throw error
        this.#prepared.delete(kind)
        await this.#prepare(kind)
        await writeAtomic(path, text)
      }
    })
  }

  async remove(kind: string, key: string): Promise<void> {
    const path = this.locate(kind, key)
    await this.#attempt('remove', path, async () => {
      const removed = await ignoreMissing(unlink(path).then(() => true))
      if (removed) await syncDirectory(dirname(path))
    })
  }

  async list(kind: string, { signal }: WaitOptions = {}): Promise<string[]> {
    const directory = this.#directoryOf(kind)
    const names = await this.#attempt(
      'list',
      directory,
      () => ignoreMissing(patiently(() => readdir(directory))),
      signal,
    )
    // Temporary files begin with a dot, and what is set aside does not end in `.json`.
    return (names ?? [])
      .filter((name) => name.endsWith(ENDING) && !name.startsWith('.'))
      .map((name) => name.slice(0, -ENDING.length))
  }

  async setAside(kind: string, key: string): Promise<string> {
    const path = this.locate(kind, key)
    return this.#attempt('set aside', path, async () => {
      let n = 1
      while (await exists(asideName(path, n))) n++
      const place = asideName(path, n)
      await rename(path, place)
      await syncDirectory(dirname(path))
      return place
    })
  }

  async findSetAside(kind: string, key: string): Promise<string | undefined> {
    const place = asideName(this.locate(kind, key), 1)
    return this.#attempt('look for', place, async () => ((await exists(place)) ? place : undefined))
  }

  async close(): Promise<void> {}

  #directoryOf(kind: string): string {
    return join(this.#directory, parseKey(kind, 'kind'))
  }

  #prepare(kind: string): Promise<void> {
    const known = this.#prepared.get(kind)
    if (known) return known
    const directory = this.#directoryOf(kind)
    const making = (async () => {
      const first = makeFolder(directory)
      // The names of new directories must be on disk before a file in them can be said to be saved.
      if (first)
        for (let made = directory; made.length >= first.length; made = dirname(made))
          await syncDirectory(dirname(made))
      await removeLeftovers(directory)
    })()
    this.#prepared.set(kind, making)
    making.catch(() => this.#prepared.delete(kind))
    return making
  }

  async #attempt<R>(verb: string, path: string, task: () => Promise<R>, signal?: AbortSignal): Promise<R> {
    try {
      return await this.#limit.run(task, signal)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      const { code, message } = error as NodeJS.ErrnoException
      const hint = (code && HINTS[code]) ?? message
      throw new BackendError(path, `Cannot ${verb} ${path}${code ? ` (${code})` : ''}. ${hint}`, error)
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return (await ignoreMissing(stat(path))) !== undefined
}

/**
 * @param directory made, with its parents, when something is first saved.
 * @throws InvalidOptionError
 */
export function fileBackend(directory: string): Backend {
  // An empty one would be the working folder.
  if (typeof directory !== 'string' || directory === '') {
    throw new InvalidOptionError('fileBackend()', 'directory', directory, 'the path of a folder')
  }
  return new FileBackend(directory)
}
