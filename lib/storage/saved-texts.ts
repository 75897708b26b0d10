/**
 * The saved texts of one kind. What cannot be read is never overwritten, and each problem is reported once. Damaged text
 * is set aside at once. Text that this version of the program cannot read (a newer version wrote it, it does not fit the
 * schema, or the class threw) stays where it is, and is set aside before anything else is saved there. A snapshot that
 * this version cannot read is held for one that can.
 */
import { messageOf } from '../errors.js'
import { abortable } from '../wait.js'
import type { Backend, WaitOptions } from './backend.js'
import { type BackendError, DamagedError, MisfitError, UnreadableError } from './errors.js'
import { describeProblems } from './json.js'
import { isKey } from './key.js'
import type { Resolver } from './reference.js'
import type { ObjectSnapshot } from './snapshot.js'
import type { Store, StoreClass } from './store.js'

/** What the repositories of a service share. */
export interface RepositoryHost {
  /** The stores that they belong to. */
  readonly stores: Resolver
  /** @throws NotOpenError */
  readonly backend: Backend
  saved(object: Store): void
  deleted(kind: string, key: string): void
  activated(object: Store): void
  released(object: Store): void
  unreadable(error: UnreadableError): void
}

export class SavedTexts {
  readonly #kind: string
  readonly #permanent: boolean
  readonly #host: RepositoryHost
  /** The last problem that was reported, by key. */
  readonly #reported = new Map<string, string>()
  /** Keys whose text cannot be read and is still in its place. */
  readonly #inPlace = new Set<string>()
  readonly #held = new Map<string, { snapshot: ObjectSnapshot; error: UnreadableError }>()

  constructor({ kind, permanent }: StoreClass, host: RepositoryHost) {
    this.#kind = kind
    this.#permanent = permanent
    this.#host = host
  }

  /** All keys, sorted. A name that is no key, such as a person may give a file, is reported and left out. */
  async keys({ signal }: WaitOptions = {}): Promise<string[]> {
    signal?.throwIfAborted()
    if (!this.#permanent) return []
    const names = await abortable(this.#host.backend.list(this.#kind, { signal }), signal)
    return names
      .filter((name) => {
        if (isKey(name) && name === name.toLowerCase()) return true
        const message = `${JSON.stringify(name)} is not a valid key, so the ${this.#kind} that is saved under it is not listed. Rename it: use lower-case letters.`
        this.#noteUnreadable(new DamagedError(this.#kind, name, message, undefined))
        return false
      })
      .sort()
  }

  /**
   * @returns undefined when nothing is saved.
   * @throws DamagedError when it was set aside: the key is free for nobody before a person has seen to that.
   */
  async read(key: string, options: WaitOptions): Promise<string | undefined> {
    if (!this.#permanent) return undefined
    const { backend } = this.#host
    const text = await backend.read(this.#kind, key, options)
    if (text !== undefined) return text
    const place = await backend.findSetAside(this.#kind, key)
    if (place === undefined) return undefined
    throw new DamagedError(
      this.#kind,
      key,
      `${this.#kind}/${key} is damaged, and was set aside as ${place}. Repair it and move it back to ${backend.locate(this.#kind, key)}, or remove it.`,
      place,
    )
  }

  async write(key: string, text: string): Promise<void> {
    if (this.#inPlace.has(key)) await this.#host.backend.setAside(this.#kind, key)
    this.#clear(key)
    await this.#host.backend.write(this.#kind, key, text)
  }

  async remove(key: string): Promise<void> {
    if (this.#permanent) await this.#host.backend.remove(this.#kind, key)
    this.#clear(key)
    this.#held.delete(key)
  }

  /** Reads an object. An `UnreadableError` is reported before it is passed on. */
  async watch<R>(key: string, read: () => Promise<R>): Promise<R> {
    try {
      const result = await read()
      this.#clear(key)
      return result
    } catch (error) {
      if (error instanceof UnreadableError) this.#noteUnreadable(error)
      throw error
    }
  }

  /**
   * Reports objects that the back end failed to read, while it still lists. Nothing is known of their texts, so these are
   * not taken for damaged.
   *
   * @throws BackendError where it fails at that, too, and so as a whole.
   */
  async reportNotRead(failures: ReadonlyMap<string, BackendError>, options: WaitOptions): Promise<void> {
    await this.keys(options)
    for (const [key, cause] of failures) {
      const message = `${this.#kind}/${key} could not be read, and is left out of a listing: ${cause.message}`
      this.#report(new UnreadableError(this.#kind, key, message, { cause }), message)
    }
  }

  #noteUnreadable(error: UnreadableError): void {
    const isSetAside = error instanceof DamagedError && error.setAside !== undefined
    if (!isSetAside) this.#inPlace.add(error.key)
    this.#report(error, isSetAside ? 'set aside' : error.message)
  }

  /** Once: until the key can be read, or has another problem. */
  #report(error: UnreadableError, problem: string): void {
    if (this.#reported.get(error.key) === problem) return
    this.#reported.set(error.key, problem)
    this.#host.unreadable(error)
  }

  /** The key's text is readable, or gone. */
  #clear(key: string): void {
    this.#reported.delete(key)
    this.#inPlace.delete(key)
  }

  /** For text that is damaged. */
  async setAside(key: string, damage: string): Promise<DamagedError> {
    const { backend } = this.#host
    let place: string | undefined
    let done: string
    try {
      place = await backend.setAside(this.#kind, key)
      done = `It was set aside as ${place}. Repair it and move it back, or remove it.`
      this.#clear(key)
    } catch (error) {
      done = `It could not be set aside (${messageOf(error)}), so it is still there. Repair it, or remove it.`
    }
    const where = backend.locate(this.#kind, key)
    return new DamagedError(this.#kind, key, `${where} is damaged: ${damage}. ${done}`, place)
  }

  /** Keeps a snapshot for a version that can read it. Of two, the one that was active last is kept. */
  hold(snapshot: ObjectSnapshot, cause: unknown): UnreadableError {
    const { kind, key } = snapshot
    const why = whyUnread(cause)
    const error = new UnreadableError(
      kind,
      key,
      `This version cannot read ${kind}/${key}: ${why}. It is left out, and kept with its unsaved changes for a version that can read it.`,
      { cause },
    )
    if (!snapshot.refused || !this.#held.has(key)) this.#held.set(key, { snapshot, error })
    return error
  }

  /**
   * Reports a snapshot of another version that counts no longer. What that version has saved is not overwritten.
   *
   * @param saved the text that was saved when this process was the one that saves.
   */
  passOver(snapshot: ObjectSnapshot, cause: unknown, saved: string): void {
    const { kind, key, text } = snapshot
    const left = snapshot.saved === undefined ? text : snapshot.saved
    if (this.#permanent && left !== null && left !== saved) this.#inPlace.add(key)
    const message = `This version cannot read ${kind}/${key} as another version has left it: ${whyUnread(cause)}. It goes on as it was here before, without what the other one has changed. A text that the other one has saved is set aside before this one saves.`
    this.#report(new UnreadableError(kind, key, message, { cause }), message)
  }

  letGo(key: string): void {
    this.#held.delete(key)
  }

  /** What is known of the texts of a back end that is closed. */
  forget(): void {
    this.#reported.clear()
    this.#inPlace.clear()
    this.#held.clear()
  }

  held(): ObjectSnapshot[] {
    return [...this.#held.values()].map(({ snapshot }) => ({ ...snapshot, refused: true }))
  }

  /** @throws UnreadableError when a snapshot is held under this key: there would be two objects of one key later. */
  assertNotHeld(key: string): void {
    const held = this.#held.get(key)
    if (held) throw held.error
  }
}

function whyUnread(cause: unknown): string {
  return cause instanceof MisfitError ? describeProblems(cause.problems) : messageOf(cause)
}
