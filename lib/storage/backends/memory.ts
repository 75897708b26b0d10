/**
 * Keeps everything in this process and nothing anywhere else: for specs, and for services that may forget.
 */
import type { Backend } from '../backend.js'
import { keyValueBackend } from './key-value.js'

export function memoryBackend(): Backend {
  const kinds = new Map<string, Map<string, string>>()
  const textsOf = (kind: string) => {
    const texts = kinds.get(kind) ?? new Map<string, string>()
    kinds.set(kind, texts)
    return texts
  }
  return keyValueBackend('', {
    get: (kind, key) => textsOf(kind).get(key),
    set: (kind, key, text) => void textsOf(kind).set(key, text),
    delete: (kind, key) => void textsOf(kind).delete(key),
    keys: (kind) => textsOf(kind).keys(),
    close: () => {},
  })
}
