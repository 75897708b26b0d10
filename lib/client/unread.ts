/**
 * What a client has sent and nobody has read yet, oldest first, with what each item cost on the wire.
 *
 * Every line that reaches a program passes here: items are taken from the front without moving those behind them.
 */
import type { ClientLimit, Limits } from '../limits.js'

/** So many places in front of a queue may be empty before it is cut. */
const MAX_EMPTY = 2048

/** Items with their sizes, oldest first, in one array: an item, its size, the next item. */
class Queue<T> {
  #places: (T | number | undefined)[]
  /** Before it everything is taken. */
  #head = 0
  /** Of the item that was taken last. */
  lastSize = 0

  constructor(item: T, size: number) {
    // Not empty: an array that has begun with neither objects nor numbers is one of two kinds for the compiler, and `push` a
    // call in place of a few instructions.
    this.#places = [item, size]
  }

  get empty(): boolean {
    return this.#head === this.#places.length
  }

  get items(): T[] {
    return this.#places.slice(this.#head).filter((_, i) => i % 2 === 0) as T[]
  }

  add(item: T, size: number): void {
    this.#places.push(item, size)
  }

  /** Takes the oldest; there must be one. */
  take(): T {
    const item = this.#places[this.#head] as T
    this.lastSize = this.#places[this.#head + 1] as number
    this.#places[this.#head] = undefined
    this.#head += 2
    // A client that always has something unread must not keep all that it ever sent.
    if (this.#head >= MAX_EMPTY && this.#head * 2 >= this.#places.length) {
      this.#places = this.#places.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}

export class Unread<T> {
  readonly #limits: Limits
  /** The oldest item. Mostly it is the only one, and then there is no queue: two arrays for each line take longer. */
  #first: T | undefined
  #firstSize = 0
  /** Those behind it. */
  #queue: Queue<T> | undefined
  #count = 0
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
    return this.#count
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
    return this.#count === 0 ? [] : [this.#first as T, ...(this.#queue?.items ?? [])]
  }

  /**
   * @param bytes how many bytes it was on the wire.
   * @param hidden its user may have typed it hidden.
   */
  add(item: T, bytes: number, hidden: boolean): void {
    if (hidden) this.#hide()
    if (this.#count === 0) {
      this.#first = item
      this.#firstSize = bytes
    } else {
      if (this.#queue === undefined) this.#queue = new Queue(item, bytes)
      else this.#queue.add(item, bytes)
    }
    this.#count += 1
    this.#size += bytes
  }

  /** Takes the oldest item; there must be one. */
  take(): T {
    this.lastHidden = this.#hidden?.delete(this.#taken) ?? false
    if (this.lastHidden && this.#hidden?.size === 0) this.#hidden = undefined
    const item = this.#first as T
    this.#taken += 1
    this.#count -= 1
    this.#size -= this.#firstSize
    this.#moveUp()
    return item
  }

  /** The next item becomes the first. */
  #moveUp(): void {
    if (this.#queue === undefined) {
      this.#first = undefined
      return
    }
    this.#first = this.#queue.take()
    this.#firstSize = this.#queue.lastSize
    // Its array was long once, and would keep its memory.
    if (this.#queue.empty) this.#queue = undefined
  }

  /** Drops all. */
  clear(): void {
    this.#first = undefined
    this.#queue = undefined
    this.#count = 0
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
}
