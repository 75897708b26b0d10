/** How many events of each class have come, and how many of their handlers are in flight. */

/** Handlers in flight of one class of events. Whoever adds to it takes away from the same object. */
export interface Flights {
  count: number
}

export interface Tally {
  /** How many events have come. */
  events: number
  flights: Flights
}

export class EventTallies {
  /** By the classes' names, since programs may make classes without end, but not names. */
  readonly #byName = new Map<string, Tally>()

  of(name: string): Tally {
    let tally = this.#byName.get(name)
    if (tally === undefined) {
      tally = { events: 0, flights: { count: 0 } }
      this.#byName.set(name, tally)
    }
    return tally
  }

  [Symbol.iterator](): IterableIterator<[name: string, tally: Tally]> {
    return this.#byName.entries()
  }

  /** No handler that is in flight now will end in this process: others have taken its place. */
  forgetFlights(): void {
    for (const tally of this.#byName.values()) tally.flights = { count: 0 }
  }
}
