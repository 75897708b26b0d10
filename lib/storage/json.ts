/**
 * What JSON can keep. `JSON.stringify` turns a Date into a string, a Map into `{}` and NaN into `null`, with no warning,
 * and the next load would find a damaged file. So every value is checked before it is written.
 */

/** One thing that is wrong with a value, and where in it. */
export interface Problem {
  path: readonly PropertyKey[]
  message: string
}

export function describeProblem({ path, message }: Problem): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`
}

export const describeProblems = (problems: readonly Problem[]) => problems.map(describeProblem).join('; ')

/** How many objects may be within each other: those who write and read them call themselves for each. */
const MAX_DEPTH = 500

/** The first thing in `value` that would not come back from JSON as it went in. */
export function findUnsafe(
  value: unknown,
  path: Problem['path'] = [],
  above: object[] = [],
): Problem | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : { path, message: `JSON cannot keep the number ${value}` }
    case 'object':
      break
    default:
      return { path, message: `JSON cannot keep a value of type ${typeof value}` }
  }
  if (value === null) return undefined
  if (above.includes(value))
    return { path, message: 'it contains itself, which JSON cannot keep: use a reference' }
  if (above.length === MAX_DEPTH)
    return { path: path.slice(0, 1), message: `there are more than ${MAX_DEPTH} objects within each other` }
  const isList = Array.isArray(value)
  const prototype = Object.getPrototypeOf(value)
  if (!isList && prototype !== Object.prototype && prototype !== null) {
    const name = prototype.constructor?.name ?? 'class instance'
    return {
      path,
      message: `JSON cannot keep a ${name}: give the field a codec (z.codec) that turns it into plain data`,
    }
  }
  for (const [name, item] of isList ? value.entries() : Object.entries(value)) {
    // An undefined property is left out, and reads as undefined again. In a list it would read as null.
    if (item === undefined && !isList) continue
    const problem = findUnsafe(item, [...path, name], [...above, value])
    if (problem) return problem
  }
  return undefined
}
