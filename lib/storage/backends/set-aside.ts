/**
 * Setting a damaged text aside where there is no rename: it is copied to a name that no key can have (a key has no
 * dot) and then removed. A crash between the two leaves both, and loses neither.
 */
import type { Backend } from '../backend.js'

/** The n-th name, counted from 1: `ann.damaged`, `ann.damaged-2`, ... */
export function asideName(name: string, n: number): string {
  return n === 1 ? `${name}.damaged` : `${name}.damaged-${n}`
}

export function setAsideByCopy(
  io: Pick<Backend, 'read' | 'write' | 'remove'>,
  locate: Backend['locate'],
): Pick<Backend, 'setAside' | 'findSetAside'> {
  return {
    async setAside(kind, key) {
      const text = await io.read(kind, key)
      let n = 1
      while ((await io.read(kind, asideName(key, n))) !== undefined) n++
      const name = asideName(key, n)
      if (text !== undefined) await io.write(kind, name, text)
      await io.remove(kind, key)
      return locate(kind, name)
    },
    async findSetAside(kind, key) {
      const name = asideName(key, 1)
      return (await io.read(kind, name)) === undefined ? undefined : locate(kind, name)
    },
  }
}
