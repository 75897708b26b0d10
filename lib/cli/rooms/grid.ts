/**
 * Rows and columns in which a room can be put between others: a new row or column is inserted, and all lines across it
 * get longer.
 */

/** A row or a column. */
export interface Track {
  /** Orders the tracks of an axis; not stable while tracks are inserted. */
  index: number
  /** Stretches of lines that run along it, each from one track of the other axis to another. */
  readonly spans: (readonly [Track, Track])[]
}

export class Axis {
  readonly #tracks: Track[] = []
  #first = 0

  get length(): number {
    return this.#tracks.length
  }

  /** Index of the first track: below zero where tracks were added before it. */
  get first(): number {
    return this.#first
  }

  /** The track beside one; undefined beyond the last. @param step 1 or -1; 0 gives the track itself. */
  beside({ index }: Track, step: number): Track | undefined {
    return this.#tracks[index - this.#first + step]
  }

  /** A new track right beside one, between it and the next. Without any, the first of all. */
  insert(beside?: Track, step = 0): Track {
    const at = beside === undefined ? 0 : beside.index - this.#first + Math.max(step, 0)
    const track: Track = { index: this.#first + at, spans: [] }
    // At the low end the others keep their places, so that a long way west costs no more than one east.
    if (at === 0 && beside !== undefined) track.index = --this.#first
    else for (const later of this.#tracks.slice(at)) later.index += 1
    this.#tracks.splice(at, 0, track)
    return track
  }
}

/** Whether a line runs along `along` and over its crossing with `across`. */
export function isCrossed(along: Track, across: Track): boolean {
  return along.spans.some(([a, b]) => {
    return Math.min(a.index, b.index) < across.index && across.index < Math.max(a.index, b.index)
  })
}
