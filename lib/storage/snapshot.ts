/**
 * Active objects as plain data, for the next process. Session fields and unsaved changes are included. References are
 * keys, as on disk.
 */

/** One active object as plain JSON. It does not follow later changes. */
export interface ObjectSnapshot {
  kind: string
  key: string
  /** The permanent fields, as they would be saved. */
  text: string
  /** The session fields, as JSON. */
  session: string
  /** The saved text, where it differs from `text`; null when nothing is saved. */
  saved?: string | null
  /** A version of the class could not read it. It is not active, and is kept for a version that can. */
  refused?: true
}

export interface StoresSnapshot {
  objects: ObjectSnapshot[]
}
