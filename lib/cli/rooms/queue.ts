/** First in, first out, at the same cost however long it is. */
export class Queue<T> {
  #items: T[] = []
  #taken = 0

  push(item: T): void {
    this.#items.push(item)
  }

  next(): T | undefined {
    const item = this.#items[this.#taken]
    if (this.#taken < this.#items.length) this.#taken += 1
    return item
  }
}
