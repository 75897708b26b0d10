/**
 * Keeps what was typed hidden unreadable wherever a journal goes: AES-256-GCM (NIST SP 800-38D) with a key that the edge
 * makes when it starts, and that is in the memory of its processes only.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
/** Bytes. */
const KEY = 32
const NONCE = 12
const TAG = 16

/** Makes text unreadable for all but the service's own processes, and readable again. */
export interface Sealer {
  readonly seal: (text: string) => string
  /** @throws Error where others have sealed it. */
  readonly unseal: (sealed: string) => string
}

/** Where nothing leaves the process, nothing needs a seal. */
export const NO_SEALER: Sealer = { seal: (text) => text, unseal: (text) => text }

export function newKey(): Buffer {
  return randomBytes(KEY)
}

/** @returns base64 of a nonce, a tag and the text. */
export function seal(key: Uint8Array, text: string): string {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv(CIPHER, key, nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

/** @throws Error where it was sealed with another key, or changed. */
export function unseal(key: Uint8Array, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
  decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
  return decipher.update(bytes.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8')
}
