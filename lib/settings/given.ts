/**
 * What every reader of a source yields: values given, not yet checked, and problems found while reading.
 */
import type { Problem } from './errors.js'
import type { Origin } from './origin.js'
import type { Field } from './schema.js'
import { nearest } from './suggest.js'

export interface Given {
  readonly field: Field
  readonly origin: Origin
  /** The values it may stand for, best first: one for a typed value, several for text. */
  readonly readings: readonly unknown[]
  /** Text of the environment or the command line, as it was written. */
  readonly text?: string
}

export interface Reading {
  given: Given[]
  problems: Problem[]
}

export type Fields = ReadonlyMap<string, Field>

/** `no such setting; did you mean port?`, where `spell` writes a name as that source does. */
export function noSuchSetting(name: string, fields: Fields, spell: (field: Field) => string): string {
  const match = nearest(name, fields.keys())
  const field = match === undefined ? undefined : fields.get(match)
  return field === undefined ? 'no such setting' : `no such setting; did you mean ${spell(field)}?`
}

/** Reads an object of settings. A property that is undefined counts as not given. */
export function readObject(object: object, origin: Origin, fields: Fields): Reading {
  const given: Given[] = []
  const problems: Problem[] = []
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue
    const field = fields.get(name)
    if (field === undefined) {
      problems.push({ name, origin, message: noSuchSetting(name, fields, (near) => near.name) })
    } else {
      given.push({ field, origin, readings: [value] })
    }
  }
  return { given, problems }
}
