/**
 * Keeps everything in one SQLite file, through db0. Node's own SQLite is used where there is one (from 22.13), else libSQL,
 * whose packages bring their binaries with them. Both write the same file format.
 */
import { dirname, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from 'db0'
import { makeFolder } from '../../make-folder.js'
import type { Backend } from '../backend.js'
import { attempt, keyValueBackend } from './key-value.js'
import { isMissingPackage, loadPackages, missingPackages } from './packages.js'

const PACKAGES = ['db0', '@libsql/client']

/** How long to wait for another process that writes, such as the one that a restart is about to replace. */
const BUSY_TIMEOUT_MS = 5000
/**
 * How much of that Node's SQLite waits at a time: nobody is served meanwhile, since it works in the main thread. libSQL waits
 * for all of it, and holds up everybody: where a read follows a write that has failed, it keeps the file from others.
 */
const NODE_WAITS_MS = 10
const PAUSE_MS = 40

// What has an own rowid beside such a primary key would be stored twice over.
const CREATE = `CREATE TABLE IF NOT EXISTS stored_objects
  (kind TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID`
const READ = 'SELECT text FROM stored_objects WHERE kind = ? AND key = ?'
const WRITE = `INSERT INTO stored_objects (kind, key, text) VALUES (?, ?, ?)
  ON CONFLICT (kind, key) DO UPDATE SET text = excluded.text`
const REMOVE = 'DELETE FROM stored_objects WHERE kind = ? AND key = ?'
const LIST = 'SELECT key FROM stored_objects WHERE kind = ?'

/**
 * @param path the file; made, with its directory, when it is not there.
 * @throws BackendSettingError when a package is missing; BackendError when the file cannot be opened.
 */
export async function sqliteBackend(path: string): Promise<Backend> {
  const file = resolve(path)
  const { database, waits } = await loadPackages('sqlite', PACKAGES, () => connect(file))

  try {
    await attempt('open', file, async () => {
      makeFolder(dirname(file))
      await database.exec(`PRAGMA busy_timeout = ${waits}`)
      await patiently(() => database.exec(CREATE))
    })
  } catch (error) {
    await database.dispose()
    throw isMissingPackage(error) ? missingPackages('sqlite', PACKAGES, error) : error
  }

  return keyValueBackend(`${file}: `, {
    async get(kind, key) {
      const row = await patiently(() => database.prepare(READ).get(kind, key))
      return (row as { text: string } | null | undefined)?.text
    },
    async set(kind, key, text) {
      await patiently(() => database.prepare(WRITE).run(kind, key, text))
    },
    async delete(kind, key) {
      await patiently(() => database.prepare(REMOVE).run(kind, key))
    },
    async keys(kind) {
      const rows = await patiently(() => database.prepare(LIST).all(kind))
      return (rows as { key: string }[]).map(({ key }) => key)
    },
    close: () => database.dispose(),
  })
}

/** @returns also how long the engine may wait for a lock, in milliseconds. */
async function connect(file: string): Promise<{ database: Database; waits: number }> {
  const { createDatabase } = await import('db0')
  if (process.getBuiltinModule?.('node:sqlite')) {
    const { default: nodeSqlite } = await import('db0/connectors/node-sqlite')
    return { database: createDatabase(nodeSqlite({ path: file })), waits: NODE_WAITS_MS }
  }
  const { default: libSql } = await import('db0/connectors/libsql/node')
  // Each of several connections would have a timeout of its own, which `PRAGMA` sets for one.
  return { database: createDatabase(libSql({ url: `file:${file}`, concurrency: 1 })), waits: BUSY_TIMEOUT_MS }
}

/** Tries again while another process has the file locked. */
async function patiently<R>(task: () => Promise<R>): Promise<R> {
  const late = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      return await task()
    } catch (error) {
      if (!isBusy(error) || performance.now() > late) throw error
    }
    await pause(PAUSE_MS)
  }
}

/** As Node's SQLite tells it: SQLITE_BUSY. */
function isBusy(error: unknown): boolean {
  return (error as { errcode?: unknown }).errcode === 5
}
