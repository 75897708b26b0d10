/**
 * Gives each room a place in rows and columns, such that as many exits as possible lead where they say: a room to the
 * north is above, in the same column. Rooms that compass directions connect make a part, which is placed by itself.
 *
 * Breadth first, from the room where people begin. Exits that agree with the way back go first, so that an odd one does
 * not push the others out of their places. Where the place is taken, a row or a column is inserted. That is done a limited
 * number of times in a part, since a world that contradicts itself everywhere would need a row for each room; the rooms
 * that are left make parts of their own.
 */
import type { RoomPlan } from '../../contrib/rooms/plan.js'
import { Axis, isCrossed, type Track } from './grid.js'
import { Queue } from './queue.js'
import { type Way, walk, waysBetween } from './ways.js'

export interface Place {
  readonly room: RoomPlan
  /** Counted from 0, from the left. */
  readonly column: number
  /** Counted from 0, from above. */
  readonly row: number
}

export interface Part {
  readonly places: readonly Place[]
  readonly columns: number
  readonly rows: number
}

/** @param rooms by key; the first one is placed first. */
export function placeRooms(rooms: ReadonlyMap<string, RoomPlan>): Part[] {
  const ways = waysBetween(rooms)
  const placed = new Set<RoomPlan>()
  const parts: Part[] = []
  for (const room of walk(rooms)) {
    if (placed.has(room)) continue
    const part = new PartBuilder(ways, placed).build(room)
    for (const place of part.places) placed.add(place.room)
    parts.push(part)
  }
  return parts
}

/** How often a row or a column may be inserted in a part. */
const MOST_INSERTIONS = 100

interface Spot {
  readonly column: Track
  readonly row: Track
}

interface Candidate {
  readonly from: RoomPlan
  readonly way: Way
}

class PartBuilder {
  readonly #ways: ReadonlyMap<RoomPlan, readonly Way[]>
  readonly #elsewhere: ReadonlySet<RoomPlan>
  readonly #columns = new Axis()
  readonly #rows = new Axis()
  readonly #spots = new Map<RoomPlan, Spot>()
  /** Rows of a column that have a room. */
  readonly #taken = new Map<Track, Set<Track>>()
  readonly #agreeing = new Queue<Candidate>()
  readonly #odd = new Queue<Candidate>()
  readonly #blocked = new Queue<Candidate>()

  /** @param elsewhere rooms that have a place in another part. */
  constructor(ways: ReadonlyMap<RoomPlan, readonly Way[]>, elsewhere: ReadonlySet<RoomPlan>) {
    this.#ways = ways
    this.#elsewhere = elsewhere
  }

  build(seed: RoomPlan): Part {
    this.#place(seed, { column: this.#columns.insert(), row: this.#rows.insert() })
    let inserted = 0
    for (;;) {
      const next = this.#next()
      if (next === undefined) break
      const { from, way, isBlocked } = next
      if (this.#spots.has(way.to)) continue
      const spot = this.#spotFor(from, way)
      if (spot !== undefined) this.#place(way.to, spot)
      else if (!isBlocked) this.#blocked.push(next)
      else if (inserted++ < MOST_INSERTIONS) this.#place(way.to, this.#makeSpot(from, way))
    }
    const columns = this.#columns
    const rows = this.#rows
    const places = [...this.#spots].map(([room, { column, row }]) => {
      return { room, column: column.index - columns.first, row: row.index - rows.first }
    })
    return { places, columns: columns.length, rows: rows.length }
  }

  #next(): (Candidate & { isBlocked: boolean }) | undefined {
    const free = this.#agreeing.next() ?? this.#odd.next()
    if (free !== undefined) return { ...free, isBlocked: false }
    const blocked = this.#blocked.next()
    return blocked && { ...blocked, isBlocked: true }
  }

  #place(room: RoomPlan, spot: Spot): void {
    this.#spots.set(room, spot)
    const rows = this.#taken.get(spot.column) ?? new Set()
    this.#taken.set(spot.column, rows.add(spot.row))
    for (const way of this.#ways.get(room) ?? []) {
      const other = this.#spots.get(way.to)
      if (other === undefined) {
        if (!this.#elsewhere.has(way.to)) (way.agrees ? this.#agreeing : this.#odd).push({ from: room, way })
      } else if (other.row === spot.row) spot.row.spans.push([spot.column, other.column])
      else if (other.column === spot.column) spot.column.spans.push([spot.row, other.row])
    }
  }

  /** The next place in a direction; undefined where it is taken, by a room or by a line. Makes tracks at the edge. */
  #spotFor(from: RoomPlan, { step: [right, down] }: Way): Spot | undefined {
    const { column: fromColumn, row: fromRow } = this.#spots.get(from) as Spot
    const column = this.#columns.beside(fromColumn, right)
    const row = this.#rows.beside(fromRow, down)
    if (column !== undefined && row !== undefined) {
      if (this.#taken.get(column)?.has(row)) return undefined
      if (isCrossed(row, column) || isCrossed(column, row)) return undefined
    }
    return {
      column: column ?? this.#columns.insert(fromColumn, right),
      row: row ?? this.#rows.insert(fromRow, down),
    }
  }

  #makeSpot(from: RoomPlan, { step: [right, down] }: Way): Spot {
    const { column, row } = this.#spots.get(from) as Spot
    return {
      column: right === 0 ? column : this.#columns.insert(column, right),
      row: down === 0 ? row : this.#rows.insert(row, down),
    }
  }
}
