/** The containers that a client is in. It leaves them all when it goes. */

/** A set of clients: see `ClientContainer`. */
export interface Container {
  delete(client: never): unknown
}

const NONE: readonly Container[] = []

export class Memberships {
  /** An array: few clients are in many containers. Replaced, never changed, so that leaving all of them needs no copy. */
  #containers = NONE
  /** The client has gone, and joins none any more. */
  #left = false

  /** Notes that the client is in a container. @returns false where it has gone already. */
  join(container: Container): boolean {
    if (this.#left) return false
    // Not spread: that makes room for 17, and most clients are in one.
    this.#containers = this.#containers.concat([container])
    return true
  }

  leave(container: Container): void {
    this.#containers = this.#containers.filter((other) => other !== container)
  }

  /**
   * The client goes.
   *
   * @param failed is told what a container of the program's own throws.
   */
  leaveAll(client: unknown, failed: (error: unknown) => void): void {
    this.#left = true
    for (const container of this.#containers) {
      try {
        container.delete(client as never)
      } catch (error) {
        failed(error)
      }
    }
  }
}
