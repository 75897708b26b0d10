/**
 * What a handler has in hand after a replay: `client.state` gets the data that were saved last, and its objects stay the
 * ones that they were.
 */

/**
 * Gives a property the value that it was restored with. What it holds stays the same objects where that can be: whoever has
 * one of them in hand sees the new data.
 */
export function assignInPlace<Owner extends object>(owner: Owner, key: keyof Owner, value: unknown): void {
  try {
    const done = new Map<unknown, unknown>()
    const result = merged(owner[key], value, done)
    pointAtKept(result, done)
    owner[key] = result as Owner[keyof Owner]
  } catch {
    // A property that can't be changed, or more depth than there is stack: the data count, not the objects.
    owner[key] = value as Owner[keyof Owner]
  }
}

/** @param done what has become of the new objects so far. */
function merged(object: unknown, value: unknown, done: Map<unknown, unknown>): unknown {
  if (typeof value !== 'object' || value === null || object === value) return value
  if (done.has(value)) return done.get(value)
  const isSame = typeof object === 'object' && object !== null && kindOf(object) === kindOf(value)
  if (!isSame || kindOf(value) === undefined || !Object.isExtensible(object)) return value
  done.set(value, object)
  const fields = object as Record<string, unknown>
  for (const name of Object.keys(fields)) if (!Object.hasOwn(value, name)) delete fields[name]
  if (Array.isArray(object)) object.length = (value as unknown[]).length
  for (const [name, item] of Object.entries(value)) {
    // Its own: what it inherits by that name (`__proto__`) is not to be filled.
    put(fields, name, merged(Object.hasOwn(fields, name) ? fields[name] : undefined, item, done))
  }
  return object
}

/** Whatever the property is called. */
function put(fields: object, name: string, value: unknown): void {
  Object.defineProperty(fields, name, { value, writable: true, enumerable: true, configurable: true })
}

/**
 * An object that is there twice stays one: what is new (maps and sets always are) holds the objects that were kept, in place
 * of those that were restored.
 */
function pointAtKept(root: unknown, done: ReadonlyMap<unknown, unknown>): void {
  const kept = (value: unknown): unknown => done.get(value) ?? value
  const seen = new Set<unknown>()
  const waiting = [root]
  // The list grows while it is gone through.
  for (const value of waiting) {
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    if (value instanceof Map) {
      const entries = [...value].map(([key, item]) => [kept(key), kept(item)] as const)
      value.clear()
      for (const [key, item] of entries) value.set(key, item)
      waiting.push(...entries.flat())
    } else if (value instanceof Set) {
      const items = [...value].map(kept)
      value.clear()
      for (const item of items) value.add(item)
      waiting.push(...items)
    } else if (kindOf(value) !== undefined) {
      const fields = value as Record<string, unknown>
      for (const [name, item] of Object.entries(fields)) {
        if (done.has(item)) put(fields, name, done.get(item))
        waiting.push(kept(item))
      }
    }
  }
}

/** Undefined for an object whose data are not its own properties. */
function kindOf(value: object): 'list' | 'object' | undefined {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Array.prototype) return 'list'
  return prototype === Object.prototype || prototype === null ? 'object' : undefined
}
