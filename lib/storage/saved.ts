/**
 * The saved side of one kind: texts go in and records come out. What turns out to be damaged is set aside here, and
 * said aloud, before anything can overwrite it.
 */

import { abortable } from '../wait.js'
import type { WaitOptions } from './backend.js'
import { DamagedError, UnreadableError } from './errors.js'
import { isKey } from './key.js'
import { type ReadRecord, readRecord } from './record.js'
import type { StoreClass } from './store.js'
import type { Stores } from './stores.js'

export class SavedRecords {
  readonly #stores: Stores
  readonly #class: StoreClass

  constructor(stores: Stores, storeClass: StoreClass) {
    this.#stores = stores
    this.#class = storeClass
  }

  /**
   * @returns undefined when nothing is saved.
   * @throws UnreadableError, which is also reported. One whose damaged text was set aside stays damaged until a person has put it back or
   *   removed it: otherwise its key would be free for anyone to take.
   */
  async read(key: string, options: WaitOptions = {}): Promise<ReadRecord | undefined> {
    if (!this.#class.permanent) return undefined
    try {
      return await this.#read(key, options)
    } catch (error) {
      if (error instanceof UnreadableError) this.#stores.reportUnreadable(error)
      throw error
    }
  }

  async #read(key: string, options: WaitOptions): Promise<ReadRecord | undefined> {
    const { kind } = this.#class
    const { backend } = this.#stores
    const text = await backend.read(kind, key, options)
    if (text === undefined) {
      await this.#refuseSetAside(key)
      return undefined
    }
    const record = readRecord(this.#class, key, text, this.#stores)
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
    await this.#stores.backend.write(this.#class.kind, key, text)
  }

  async remove(key: string): Promise<void> {
    if (this.#class.permanent) await this.#stores.backend.remove(this.#class.kind, key)
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
      else this.#stores.reportUnreadable(new DamagedError(kind, name, misnamed(kind, name), undefined))
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
