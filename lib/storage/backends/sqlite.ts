/**
 * Keeps everything in one SQLite file, through db0: by Node's own SQLite where it has one (from 22.13), else by libSQL,
 * whose packages bring their binaries with them. Both write the same file format.
 */
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Database } from 'db0'
import type { Backend } from '../backend.js'
import { BackendError } from '../errors.js'
import { isMissingPackage, loadPackages, missingPackages } from './packages.js'
import { setAsideByCopy } from './set-aside.js'

const PACKAGES = ['db0', '@libsql/client']

/** How long to wait for another process that writes, such as the one that a restart is about to replace. */
const BUSY_TIMEOUT_MS = 5000

// What has an own rowid beside such a primary key would be stored twice over.
const CREATE = `CREATE TABLE IF NOT EXISTS stored_objects
  (kind TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID`
const READ = 'SELECT text FROM stored_objects WHERE kind = ? AND key = ?'
const WRITE = `INSERT INTO stored_objects (kind, key, text) VALUES (?, ?, ?)
  ON CONFLICT (kind, key) DO UPDATE SET text = excluded.text`
const REMOVE = 'DELETE FROM stored_objects WHERE kind = ? AND key = ?'
const LIST = "SELECT key FROM stored_objects WHERE kind = ? AND instr(key, '.') = 0"

/**
 * @param path the file; made, with its directory, when it is not there.
 * @throws BackendSettingError when a package is missing; BackendError when the file cannot be opened.
 */
export async function sqliteBackend(path: string): Promise<Backend> {
  const file = resolve(path)
  const locate = (kind: string, key: string) => `${file}: ${kind}/${key}`
  const database = await loadPackages('sqlite', PACKAGES, () => connect(file))

  const attempt = async <R>(verb: string, place: string, task: () => Promise<R>): Promise<R> => {
    try {
      return await task()
    } catch (error) {
      throw new BackendError(place, `Cannot ${verb} ${place}. ${(error as Error).message}`, error)
    }
  }

  try {
    await attempt('open', file, async () => {
      await mkdir(dirname(file), { recursive: true })
      await database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
      await database.exec(CREATE)
    })
  } catch (error) {
    await database.dispose()
    throw isMissingPackage(error) ? missingPackages('sqlite', PACKAGES, error) : error
  }

  const io = {
    async read(kind: string, key: string) {
      const row = await attempt('read', locate(kind, key), () => database.prepare(READ).get(kind, key))
      return (row as { text: string } | null | undefined)?.text
    },
    async write(kind: string, key: string, text: string) {
      await attempt('write', locate(kind, key), () => database.prepare(WRITE).run(kind, key, text))
    },
    async remove(kind: string, key: string) {
      await attempt('remove', locate(kind, key), () => database.prepare(REMOVE).run(kind, key))
    },
  }
  return {
    ...io,
    ...setAsideByCopy(io, locate),
    locate,
    async list(kind) {
      const rows = await attempt('list', `${file}: ${kind}`, () => database.prepare(LIST).all(kind))
      return (rows as { key: string }[]).map(({ key }) => key)
    },
    close: async () => {
      await database.dispose()
    },
  }
}

async function connect(file: string): Promise<Database> {
  const { createDatabase } = await import('db0')
  if (process.getBuiltinModule?.('node:sqlite')) {
    const { default: nodeSqlite } = await import('db0/connectors/node-sqlite')
    return createDatabase(nodeSqlite({ path: file }))
  }
  const { default: libSql } = await import('db0/connectors/libsql/node')
  return createDatabase(libSql({ url: `file:${file}` }))
}
