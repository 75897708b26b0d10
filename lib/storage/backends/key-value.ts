/**
 * Back ends over engines that keep texts by name and can do nothing else. They have no rename, so a damaged text is
 * copied to a name that no key can have (a key has no dot) and then removed. A crash between the two leaves both.
 */
import { messageOf } from '../../errors.js'
import type { Backend } from '../backend.js'
import { BackendError } from '../errors.js'

export type MaybePromise<R> = R | Promise<R>

/** What an engine offers. What it throws becomes a `BackendError`. */
interface KeyValueEngine {
  get(kind: string, key: string): MaybePromise<string | undefined>
  set(kind: string, key: string, text: string): MaybePromise<void>
  delete(kind: string, key: string): MaybePromise<void>
  /** All names of a kind, set-aside ones among them. */
  keys(kind: string): MaybePromise<Iterable<string>>
  close(): MaybePromise<void>
}

/** @param prefix stands before `kind/key` in messages. */
export function keyValueBackend(prefix: string, engine: KeyValueEngine): Backend {
  const locate = (kind: string, key: string) => `${prefix}${kind}/${key}`
  const read = (kind: string, key: string) => attempt('read', locate(kind, key), () => engine.get(kind, key))
  const write = (kind: string, key: string, text: string) =>
    attempt('write', locate(kind, key), () => engine.set(kind, key, text))
  const remove = (kind: string, key: string) =>
    attempt('remove', locate(kind, key), () => engine.delete(kind, key))
  return {
    read,
    write,
    remove,
    locate,
    async list(kind) {
      const names = await attempt('list', prefix + kind, () => engine.keys(kind))
      return [...new Set(names)].filter((name) => !name.includes('.'))
    },
    async setAside(kind, key) {
      const text = await read(kind, key)
      let n = 1
      while ((await read(kind, asideName(key, n))) !== undefined) n++
      const name = asideName(key, n)
      if (text !== undefined) await write(kind, name, text)
      await remove(kind, key)
      return locate(kind, name)
    },
    async findSetAside(kind, key) {
      const name = asideName(key, 1)
      return (await read(kind, name)) === undefined ? undefined : locate(kind, name)
    },
    close: async () => engine.close(),
  }
}

/** The n-th name, counted from 1: `ann.damaged`, `ann.damaged-2`, ... */
export function asideName(name: string, n: number): string {
  return n === 1 ? `${name}.damaged` : `${name}.damaged-${n}`
}

/** @throws BackendError for whatever `task` throws. */
export async function attempt<R>(verb: string, place: string, task: () => MaybePromise<R>): Promise<R> {
  try {
    return await task()
  } catch (error) {
    throw new BackendError(place, `Cannot ${verb} ${place}. ${messageOf(error)}`, error)
  }
}
