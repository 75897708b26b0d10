/**
 * A program's own data as one line of JSON, for another process: what `client.state` may hold beside plain data.
 *
 * Dates, maps, sets, bytes, big integers and numbers that JSON has no form for come back as what they were; clients and
 * stored objects as the client and the object of the same name. An object of a class of the program's own comes back as
 * its plain properties, and a function does not come back: both are told.
 */

/** Objects that are named rather than copied. */
export interface Names {
  /** The name of an object that another process has, too, such as a client. */
  nameOf(value: object): number | undefined
  /** The object of that name; undefined where it has gone. */
  named(name: number): unknown
  /** For what has a `toJSON` of its own, as stored objects have: gives the object again that it stands for. */
  revive(key: string, value: unknown): unknown
}

/** Deeper than anybody builds on purpose: what goes on for ever would otherwise end the process. */
const MAX_DEPTH = 200

/**
 * @param problem is told of what will not come back, by its place in the data: `quest.timer`, and why.
 * @returns one line of JSON.
 */
export function encodePlain(
  value: unknown,
  names: Names,
  problem: (place: string, why: string) => void,
): string {
  // Nearly all data is plain, and then this look costs less than a conversion.
  if (isPlain(value, 0)) return JSON.stringify(value) ?? 'null'
  return JSON.stringify(new Encoder(names, problem).encode(value, '', 0)) ?? 'null'
}

/** What `encodePlain` gave, as it was. */
export function decodePlain(text: string, names: Names): unknown {
  if (!text.includes('{"$')) return JSON.parse(text)
  return JSON.parse(text, (key, value) => {
    const mark = markOf(value)
    if (mark === undefined) return value
    const decode = DECODERS[mark]
    return decode === undefined ? names.revive(key, value) : decode(value[mark], names)
  })
}

/** Whether JSON keeps it as it is. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      if (value === null) return true
      break
    default:
      return false
  }
  if (depth > MAX_DEPTH) return false
  if (Array.isArray(value)) {
    return value.every((item) => item !== undefined && isPlain(item, depth + 1))
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  for (const name in value) {
    if (name.startsWith('$') || name === 'toJSON') return false
    if (!isPlain((value as Record<string, unknown>)[name], depth + 1)) return false
  }
  return true
}

class Encoder {
  readonly #names: Names
  readonly #problem: (place: string, why: string) => void

  constructor(names: Names, problem: (place: string, why: string) => void) {
    this.#names = names
    this.#problem = problem
  }

  encode(value: unknown, place: string, depth: number): unknown {
    switch (typeof value) {
      case 'function':
      case 'symbol':
        this.#problem(place, `a ${typeof value} can't be carried over`)
        return undefined
      case 'bigint':
        return { $bigint: String(value) }
      case 'number':
        return Number.isFinite(value) ? value : { $number: String(value) }
      case 'object':
        return value === null ? null : this.#encodeObject(value, place, depth)
      default:
        return value
    }
  }

  #encodeObject(value: object, place: string, depth: number): unknown {
    if (depth > MAX_DEPTH) {
      this.#problem(place, 'it goes on without end: it may refer to itself')
      return undefined
    }
    const name = this.#names.nameOf(value)
    if (name !== undefined) return { $client: name }
    const inner = (item: unknown, key: string) =>
      this.encode(item, place === '' ? key : `${place}.${key}`, depth + 1)
    // `undefined` in a list would become null.
    const list = (items: Iterable<unknown>) =>
      [...items].map((item, i) => (item === undefined ? { $undefined: true } : inner(item, String(i))))
    if (Array.isArray(value)) return list(value)
    if (value instanceof Date) return { $date: value.getTime() }
    if (value instanceof Map) return { $map: list([...value].flat(1)) }
    if (value instanceof Set) return { $set: list(value) }
    if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
    const { toJSON } = value as { toJSON?: unknown }
    // Says itself what it is to be; stored objects and references give their names.
    if (typeof toJSON === 'function') return toJSON.call(value)
    const entries = Object.entries(value).map(([key, item]) => [key, inner(item, key)])
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) {
      this.#problem(
        place,
        `it is a ${prototype.constructor?.name ?? 'class'}, and comes back as a plain object`,
      )
    }
    const plain = Object.fromEntries(entries)
    // A property of the program's own that looks like one of the marks above.
    return entries.some(([key]) => String(key).startsWith('$')) ? { $plain: Object.entries(plain) } : plain
  }
}

/** The one key of an object that has one, and begins with a dollar. */
function markOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const [key, ...others] = Object.keys(value)
  return key?.startsWith('$') && others.length === 0 ? key : undefined
}

// biome-ignore lint/suspicious/noExplicitAny: each takes what the encoder has put there
const DECODERS: Record<string, ((data: any, names: Names) => unknown) | undefined> = {
  $bigint: BigInt,
  $number: Number,
  $date: (time: number | null) => new Date(time ?? Number.NaN),
  $map: mapOf,
  $set: (items: unknown[]) => new Set(items),
  $bytes: (base64: string) => new Uint8Array(Buffer.from(base64, 'base64')),
  $plain: (entries: [string, unknown][]) => Object.fromEntries(entries),
  $client: (name: number, names) => names.named(name),
  $undefined: () => undefined,
}

/** Keys and values by turns. */
function mapOf(flat: readonly unknown[]): Map<unknown, unknown> {
  const map = new Map()
  for (let i = 0; i < flat.length; i += 2) map.set(flat[i], flat[i + 1])
  return map
}
