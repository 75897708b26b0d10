/**
 * The contract of back ends. A back end keeps one text for each kind and key. Schemas, identity and order are handled
 * above it, so an engine has to offer no more than this. `mara-ts/storage/testing` checks it.
 */
import type { WaitOptions as AnyWaitOptions } from '../wait.js'

/** The signal ends the wait, which then rejects with the signal's reason. */
export type WaitOptions = Pick<AnyWaitOptions, 'signal'>

/**
 * Kinds and keys are valid and in lower case (`key.ts`). Texts are JSON without the character NUL and without half
 * surrogate pairs. Calls for one kind and key never overlap; calls for different ones do. A failure is a
 * `BackendError`, and the earlier text stays.
 */
export interface Backend {
  /** The text, exactly as it was written; undefined when there is none. */
  read(kind: string, key: string, options?: WaitOptions): Promise<string | undefined>

  /** Writes `text`, whole or not at all: a reader finds the old text or the new one, even if the process is killed. */
  write(kind: string, key: string, text: string): Promise<void>

  /** Removes the text. It is no error when there is none. */
  remove(kind: string, key: string): Promise<void>

  /** The keys of a kind, each once, in any order, without opening the texts. Texts that were set aside are not listed. */
  list(kind: string, options?: WaitOptions): Promise<string[]>

  /**
   * Moves a damaged text out of the way. `read` and `list` no longer find it, nothing overwrites it, and texts that were
   * set aside earlier stay.
   *
   * @returns its new place, for a person to read.
   */
  setAside(kind: string, key: string): Promise<string>

  /** The place of a text that was set aside under this key; undefined when there is none. */
  findSetAside(kind: string, key: string): Promise<string | undefined>

  /** The place of a text, for messages: a path, or a database and key. */
  locate(kind: string, key: string): string

  /** Releases files and connections. Called once, when no operation is running. */
  close(): Promise<void>
}
