/**
 * What a back end is: a place that keeps one text a kind and key. Everything above it (schemas, identity, order) is
 * the same whatever the back end, so this is all that another engine has to offer. `mara-ts/storage/testing` has the checks for it.
 */

export interface WaitOptions {
  /** Gives up waiting; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

/**
 * Kinds and keys are valid and in lower case (`key.ts`). Texts are JSON without the character NUL and without half
 * surrogate pairs. Calls for one kind and key never overlap; calls for different ones do. A failure is a
 * `BackendError` and leaves what was kept before.
 */
export interface Backend {
  /** The text kept, exactly as written; undefined when there is none. */
  read(kind: string, key: string, options?: WaitOptions): Promise<string | undefined>

  /** Keeps `text`, whole or not at all: whoever reads, at any moment, a killed process included, finds old or new. */
  write(kind: string, key: string, text: string): Promise<void>

  /** Forgets it. Not an error when there is none. */
  remove(kind: string, key: string): Promise<void>

  /** The keys of a kind, each once, in no particular order; nothing is opened for it. What was set aside is not listed. */
  list(kind: string, options?: WaitOptions): Promise<string[]>

  /**
   * Moves a damaged text out of the way: `read` and `list` no longer find it, nothing overwrites it, an earlier one
   * that was set aside stays.
   *
   * @returns where it is now, for a person to read.
   */
  setAside(kind: string, key: string): Promise<string>

  /** Where a text set aside under this key is; undefined when there is none. */
  findSetAside(kind: string, key: string): Promise<string | undefined>

  /** Where a text is, for messages: a path, or a database and key. */
  locate(kind: string, key: string): string

  /** Lets go of files and connections. Called once, when nothing is under way. */
  close(): Promise<void>
}
