/**
 * Keeps everything in this process and nothing anywhere else: for specs, and for services that want to forget.
 */
import type { Backend } from '../backend.js'
import { setAsideByCopy } from './set-aside.js'

export function memoryBackend(): Backend {
  const texts = new Map<string, string>()
  const locate = (kind: string, key: string) => `${kind}/${key}`
  const io = {
    read: async (kind: string, key: string) => texts.get(locate(kind, key)),
    write: async (kind: string, key: string, text: string) => {
      texts.set(locate(kind, key), text)
    },
    remove: async (kind: string, key: string) => {
      texts.delete(locate(kind, key))
    },
  }
  return {
    ...io,
    ...setAsideByCopy(io, locate),
    locate,
    async list(kind) {
      const prefix = `${kind}/`
      const keys = [...texts.keys()].filter((place) => place.startsWith(prefix))
      return keys.map((place) => place.slice(prefix.length)).filter((key) => !key.includes('.'))
    },
    close: async () => {},
  }
}
