/**
 * The saved side of one kind: texts go in and records come out. What turns out to be damaged is set aside here, and
 * said aloud, before anything can overwrite it.
 */

import { abortable } from '../wait.js'
import type { WaitOptions } from './backend.js'
import { DamagedError, UnreadableError } from './errors.js'
import { isKey } from './key.js'
import { type ReadRecord, reading, readRecord } from './record.js'
import type { StoreClass } from './store.js'
import type { Stores } from './stores.js'

export class SavedRecords {
  readonly #stores: Stores
  readonly #class: StoreClass
  /** What was last told of the keys that cannot be read, so that it is told once. */
  readonly #told = new Map<string, string>()
  /** Keys whose text cannot be read and is still in its place. */
  readonly #unread = new Set<string>()

  constructor(stores: Stores, storeClass: StoreClass) {
    this.#stores = stores
    this.#class = storeClass
  }

  /**
   * @returns undefined when nothing is saved.
   * @throws UnreadableError, which is also reported, once. One whose damaged text was set aside stays damaged until a person has put it
   *   back or removed it: otherwise its key would be free for anyone to take.
   */
  async read(key: string, options: WaitOptions = {}): Promise<ReadRecord | undefined> {
    if (!this.#class.permanent) return undefined
    try {
      const record = await this.#read(key, options)
      this.#forget(key)
      return record
    } catch (error) {
      if (error instanceof UnreadableError) {
        const isInPlace = !(error instanceof DamagedError) || error.setAside === undefined
        if (isInPlace) this.#unread.add(key)
        this.#report(error, isInPlace ? error.message : 'set aside')
      }
      throw error
    }
  }

  #report(error: UnreadableError, problem: string): void {
    if (this.#told.get(error.key) === problem) return
    this.#told.set(error.key, problem)
    this.#stores.reportUnreadable(error)
  }

  #forget(key: string): void {
    this.#told.delete(key)
    this.#unread.delete(key)
  }

  async #read(key: string, options: WaitOptions): Promise<ReadRecord | undefined> {
    const { kind } = this.#class
    const { backend } = this.#stores
    const text = await backend.read(kind, key, options)
    if (text === undefined) {
      await this.#refuseSetAside(key)
      return undefined
    }
    // Anything wrong from here on is new.
    if (this.#told.get(key) === 'set aside') this.#forget(key)
    const record = reading(this.#class, key, () => readRecord(this.#class, key, text, this.#stores))
    if (!('damage' in record)) return record
    throw await this.#setAside(key, record.damage)
  }

  /** @throws DamagedError when a damaged one was set aside. */
  async exists(key: string, options: WaitOptions = {}): Promise<boolean> {
    if (!this.#class.permanent) return false
    if ((await this.#stores.backend.read(this.#class.kind, key, options)) !== undefined) return true
    await this.#refuseSetAside(key)
    return false
  }

  async write(key: string, text: string): Promise<void> {
    const { backend } = this.#stores
    if (this.#unread.has(key)) await backend.setAside(this.#class.kind, key)
    this.#unread.delete(key)
    await backend.write(this.#class.kind, key, text)
    this.#forget(key)
  }

  async remove(key: string): Promise<void> {
    if (!this.#class.permanent) return
    await this.#stores.backend.remove(this.#class.kind, key)
    this.#forget(key)
  }

  /** Sorted. A name that is no key, such as a person may give a file, is reported and left out. */
  async list({ signal }: WaitOptions = {}): Promise<string[]> {
    signal?.throwIfAborted()
    if (!this.#class.permanent) return []
    const { kind } = this.#class
    const names = await abortable(this.#stores.backend.list(kind, { signal }), signal)
    const keys: string[] = []
    for (const name of names.sort()) {
      if (isKey(name) && name === name.toLowerCase()) keys.push(name)
      else this.#report(new DamagedError(kind, name, misnamed(kind, name), undefined), 'misnamed')
    }
    return keys
  }

  async #refuseSetAside(key: string): Promise<void> {
    const { kind } = this.#class
    const { backend } = this.#stores
    const place = await backend.findSetAside(kind, key)
    if (place === undefined) return
    throw new DamagedError(
      kind,
      key,
      `${kind}/${key} was found damaged and set aside as ${place}. Mend it and put it back as ${backend.locate(kind, key)}, or remove it.`,
      place,
    )
  }

  async #setAside(key: string, damage: string): Promise<DamagedError> {
    const { kind } = this.#class
    const { backend } = this.#stores
    const where = backend.locate(kind, key)
    let place: string | undefined
    let done: string
    try {
      place = await backend.setAside(kind, key)
      done = `It was set aside as ${place}. Mend it and put it back, or remove it.`
    } catch (error) {
      done = `It could not be set aside (${(error as Error).message}) and was left there. Mend it, or remove it.`
    }
    return new DamagedError(kind, key, `${where} is damaged: ${damage}. ${done}`, place)
  }
}

function misnamed(kind: string, name: string): string {
  return `What is saved of ${kind} under the name ${JSON.stringify(name)} is not listed: that is no key. Rename it; letters are to be in lower case.`
}
