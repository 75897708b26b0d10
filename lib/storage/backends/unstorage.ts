/**
 * Any driver of the unstorage library as a back end: Redis, MongoDB, S3, Cloudflare KV and a score of others. How safe
 * a write is against a crash is the engine's affair.
 *
 * The driver itself is used rather than `createStorage()`, which would parse texts as it sees fit.
 */
import type { Backend } from '../backend.js'
import { BackendError } from '../errors.js'
import { setAsideByCopy } from './set-aside.js'

type MaybePromise<R> = R | Promise<R>

/** The part of unstorage's `Driver` that is used here. */
export interface UnstorageDriver {
  readonly name?: string
  getItem(key: string, options: object): unknown
  setItem?(key: string, value: string, options: object): MaybePromise<void>
  removeItem?(key: string, options: object): MaybePromise<void>
  getKeys(base: string, options: object): MaybePromise<string[]>
  dispose?(): MaybePromise<void>
}

/** @param label how messages call it; the driver's name unless given. */
export function unstorageBackend(
  driver: UnstorageDriver,
  label: string = driver.name ?? 'unstorage',
): Backend {
  const locate = (kind: string, key: string) => `${label}: ${kind}/${key}`
  const nameOf = (kind: string, key: string) => `${kind}:${key}`

  const attempt = async <R>(verb: string, place: string, task: () => MaybePromise<R>): Promise<R> => {
    try {
      return await task()
    } catch (error) {
      throw new BackendError(place, `Cannot ${verb} ${place}. ${(error as Error).message}`, error)
    }
  }
  const readOnly = () => {
    throw new Error('This driver only reads. Choose another one.')
  }

  const io = {
    async read(kind: string, key: string) {
      const value = await attempt('read', locate(kind, key), () => driver.getItem(nameOf(kind, key), {}))
      if (value === null || value === undefined) return undefined
      return typeof value === 'string' ? value : JSON.stringify(value)
    },
    async write(kind: string, key: string, text: string) {
      await attempt('write', locate(kind, key), () =>
        driver.setItem ? driver.setItem(nameOf(kind, key), text, {}) : readOnly(),
      )
    },
    async remove(kind: string, key: string) {
      await attempt('remove', locate(kind, key), () =>
        driver.removeItem ? driver.removeItem(nameOf(kind, key), {}) : readOnly(),
      )
    },
  }
  return {
    ...io,
    ...setAsideByCopy(io, locate),
    locate,
    async list(kind) {
      const prefix = nameOf(kind, '')
      const names = await attempt('list', `${label}: ${kind}`, () => driver.getKeys(prefix, {}))
      // Drivers may give names with slashes, twice, or more than was asked for.
      const keys = names
        .map((name) => name.replaceAll(/[/\\]/g, ':'))
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length))
      return [...new Set(keys)].filter((key) => !key.includes('.'))
    },
    close: async () => {
      await driver.dispose?.()
    },
  }
}
