/**
 * What a client has sent and nobody has read yet, oldest first, with what each item cost on the wire.
 *
 * Every line that reaches a program passes here: items are taken from the front without moving those behind them.
 */
import type { ClientLimit, Limits } from '../limits.js'

/** So many items that are gone may stay in front of those that are left. */
const MAX_GONE = 1024

export class Unread<T> {
  readonly #limits: Limits
  /** Items from `#head` on; those before it are gone. */
  #items: (T | undefined)[] = []
  /** How many bytes each item was on the wire. */
  #sizes: number[] = []
  #head = 0
  /** Bytes unread. */
  #size = 0
  /** Items that were typed hidden, by their place among all that ever came; mostly there are none. */
  #hidden: Set<number> | undefined
  /** How many items have been taken. */
  #taken = 0
  /** Whether the last item taken was typed hidden. */
  lastHidden = false

  constructor(limits: Limits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#items.length - this.#head
  }

  /** As they came over the wire. */
  get bytes(): number {
    return this.#size
  }

  get taken(): number {
    return this.#taken
  }

  /** Something unread was typed hidden. */
  get hasHidden(): boolean {
    return this.#hidden !== undefined
  }

  snapshot(): T[] {
    return this.#items.slice(this.#head) as T[]
  }

  /**
   * @param bytes how many bytes it was on the wire.
   * @param hidden its user may have typed it hidden.
   */
  add(item: T, bytes: number, hidden: boolean): void {
    if (hidden) this.#hide()
    this.#items.push(item)
    this.#sizes.push(bytes)
    this.#size += bytes
  }

  /** Takes the oldest item; there must be one. */
  take(): T {
    this.lastHidden = this.#hidden?.delete(this.#taken) ?? false
    if (this.lastHidden && this.#hidden?.size === 0) this.#hidden = undefined
    this.#taken += 1
    const item = this.#items[this.#head] as T
    this.#items[this.#head] = undefined
    this.#size -= this.#sizes[this.#head] as number
    this.#head += 1
    if (this.#head === this.#items.length) this.#reset()
    else if (this.#head >= MAX_GONE && this.#head * 2 >= this.#items.length) this.#forgetGone()
    return item
  }

  /** Drops all. */
  clear(): void {
    this.#reset()
    this.#size = 0
    this.#hidden = undefined
  }

  /** The limit that is exceeded, if any. */
  get exceeded(): ClientLimit | undefined {
    const { maxUnreadLines, maxUnreadBytes } = this.#limits
    if (this.count > maxUnreadLines) return 'maxUnreadLines'
    return this.#size > maxUnreadBytes ? 'maxUnreadBytes' : undefined
  }

  /** Less than half of what the limits allow is unread. */
  get hasRoom(): boolean {
    const { maxUnreadLines, maxUnreadBytes } = this.#limits
    return this.count <= maxUnreadLines / 2 && this.#size <= maxUnreadBytes / 2
  }

  /** The next item to come was typed hidden. */
  #hide(): void {
    this.#hidden ??= new Set()
    this.#hidden.add(this.#taken + this.count)
  }

  /** A client that always has something unread must not keep all that it ever sent. */
  #forgetGone(): void {
    this.#items = this.#items.slice(this.#head)
    this.#sizes = this.#sizes.slice(this.#head)
    this.#head = 0
  }

  /** Fresh arrays: an array that was long once would keep its memory. */
  #reset(): void {
    this.#items = []
    this.#sizes = []
    this.#head = 0
  }
}
