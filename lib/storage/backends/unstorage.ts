/**
 * Any driver of the unstorage library as a back end: Redis, MongoDB, S3, Cloudflare KV and a score of others. The
 * engine decides how safe a write is against a crash.
 *
 * The driver itself is used rather than `createStorage()`, which would parse texts as it sees fit.
 */
import { InvalidOptionError } from '../../errors.js'
import type { Backend } from '../backend.js'
import { keyValueBackend, type MaybePromise } from './key-value.js'

/** The part of unstorage's `Driver` that is used here. */
export interface UnstorageDriver {
  readonly name?: string | undefined
  getItem(key: string, options: object): unknown
  setItem?(key: string, value: string, options: object): MaybePromise<void>
  removeItem?(key: string, options: object): MaybePromise<void>
  getKeys(base: string, options: object): MaybePromise<string[]>
  dispose?(): MaybePromise<void>
}

/** @param label how messages call it; the driver's name unless given. */
export function unstorageBackend(
  driver: UnstorageDriver,
  label: string = driver?.name ?? 'unstorage',
): Backend {
  if (typeof driver?.getItem !== 'function' || typeof driver.getKeys !== 'function')
    throw new InvalidOptionError('unstorageBackend()', 'driver', driver, 'a driver of unstorage')
  const nameOf = (kind: string, key: string) => `${kind}:${key}`
  const readOnly = () => {
    throw new Error('This driver is read-only. Choose another one.')
  }
  return keyValueBackend(`${label}: `, {
    async get(kind, key) {
      const value = await driver.getItem(nameOf(kind, key), {})
      if (value === null || value === undefined) return undefined
      return typeof value === 'string' ? value : JSON.stringify(value)
    },
    set: (kind, key, text) => (driver.setItem ? driver.setItem(nameOf(kind, key), text, {}) : readOnly()),
    delete: (kind, key) => (driver.removeItem ? driver.removeItem(nameOf(kind, key), {}) : readOnly()),
    async keys(kind) {
      const prefix = nameOf(kind, '')
      const names = await driver.getKeys(prefix, {})
      // Drivers may give names with slashes, twice, or more than was asked for.
      return names
        .map((name) => name.replaceAll(/[/\\]/g, ':'))
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length))
    },
    close: () => driver.dispose?.(),
  })
}
