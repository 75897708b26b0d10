/**
 * Active objects as plain data, to be handed from one process to the next: with session fields and with changes that
 * were not saved. References are keys in it, as they are on disk.
 */

/** One active object. Plain JSON, and cut off from the object: it does not follow later changes. */
export interface ObjectSnapshot {
  kind: string
  key: string
  /** The permanent fields, as they would be saved. */
  text: string
  /** The session fields, as JSON. */
  session: string
  /** What is saved, where that differs from `text`; null when nothing is. */
  saved?: string | null
  /** Another version of the class could not read it. It is no active object, only kept for a version that can. */
  refused?: true
}

export interface StoresSnapshot {
  objects: ObjectSnapshot[]
}
