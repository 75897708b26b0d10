/**
 * A program's own data as one line of text, for another process: what `client.state` may hold beside plain data.
 *
 * Dates, maps, sets, bytes, big integers and numbers that JSON has no form for come back as what they were; what is there
 * twice, or leads back to itself, comes back once; clients and stored objects as the client and the object of the same
 * name. An object of a class of the program's own comes back as its plain properties, and a function does not come back:
 * both are told.
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

type Tell = (place: string, why: string) => void

/** Before a table of nodes; JSON never begins so. */
const TABLE = '*'

/**
 * @param tell is called with what will not come back as it is, by its place in the data (`quest.timer`), and why.
 * @returns one line of text.
 */
export function encodePlain(value: unknown, names: Names, tell: Tell): string {
  // Nearly all data is a tree of plain objects, and then this look costs less than a table.
  if (isTree(value)) return JSON.stringify(value) ?? 'null'
  return TABLE + JSON.stringify(new Encoder(names, tell).encode(value))
}

/** What `encodePlain` gave, as it was. */
export function decodePlain(text: string, names: Names): unknown {
  return text.startsWith(TABLE) ? decodeTable(JSON.parse(text.slice(1)), names) : JSON.parse(text)
}

/** Whether JSON keeps it as it is: plain objects and lists, each of them there once. */
function isTree(value: unknown): boolean {
  try {
    return isPlain(value, new Set())
  } catch {
    // It has a property that can't be read.
    return false
  }
}

function isPlain(value: unknown, seen: Set<object>): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      break
    default:
      return false
  }
  if (value === null) return true
  if (seen.has(value) || seen.size === MAX_TREE) return false
  seen.add(value)
  if (Array.isArray(value)) return value.every((item) => item !== undefined && isPlain(item, seen))
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  for (const name in value) {
    if (name === 'toJSON' || !isPlain((value as Record<string, unknown>)[name], seen)) return false
  }
  return true
}

/** Objects that are walked through one within the other; a table is made without such a walk. */
const MAX_TREE = 1_000

/**
 * A value within a table: itself where JSON has a form for it and it is no object; else what kind it is of, and what
 * tells which: `['node', 3]` is the fourth node of the table.
 */
type Item = string | number | boolean | null | readonly [kind: string, what?: unknown]

/** An object: of which kind, and what is in it. */
type Node = readonly [kind: string, content: unknown]

/** The first item is the value itself; the nodes come after. */
type Table = readonly [Item, ...Node[]]

class Encoder {
  readonly #names: Names
  readonly #tell: Tell
  readonly #ids = new Map<object, number>()
  /** Objects that are numbered and not yet written down, with their places. */
  readonly #waiting: [value: object, place: string][] = []

  constructor(names: Names, tell: Tell) {
    this.#names = names
    this.#tell = tell
  }

  encode(value: unknown): Table {
    const first = this.#item(value, '')
    const nodes: Node[] = []
    // The list grows while it is gone through.
    for (const [object, place] of this.#waiting) {
      nodes.push(this.#readable(() => this.#node(object, place), place, ['object', []]))
    }
    return [first, ...nodes]
  }

  #item(value: unknown, place: string): Item {
    switch (typeof value) {
      case 'function':
      case 'symbol':
        this.#tell(place, `a ${typeof value} can't be carried over`)
        return ['undefined']
      case 'undefined':
        return ['undefined']
      case 'bigint':
        return ['bigint', String(value)]
      case 'number':
        return Number.isFinite(value) ? value : ['number', String(value)]
      case 'object':
        return value === null ? null : this.#readable(() => this.#object(value, place), place, ['undefined'])
      default:
        return value as string | boolean
    }
  }

  #object(value: object, place: string): Item {
    const name = this.#names.nameOf(value)
    if (name !== undefined) return ['client', name]
    const known = this.#ids.get(value)
    if (known !== undefined) return ['node', known]
    if (hasOwnWord(value)) return ['own', JSON.parse(JSON.stringify(value.toJSON()) ?? 'null')]
    const id = this.#ids.size
    this.#ids.set(value, id)
    this.#waiting.push([value, place])
    return ['node', id]
  }

  #node(value: object, place: string): Node {
    const inner = (item: unknown, key: string | number): Item => this.#item(item, inside(place, key))
    if (Array.isArray(value)) return ['list', value.map(inner)]
    if (value instanceof Date) return ['date', value.getTime()]
    if (value instanceof Map) return ['map', [...value].flat(1).map(inner)]
    if (value instanceof Set) return ['set', [...value].map(inner)]
    if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('base64')]
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) {
      const kind = prototype.constructor?.name ?? 'class'
      this.#tell(place, `it is a ${kind}, and comes back as a plain object`)
    }
    const read = (key: string): Item => inner((value as Record<string, unknown>)[key], key)
    const entries = Object.keys(value).map((key) => [
      key,
      this.#readable(() => read(key), inside(place, key), ['undefined']),
    ])
    return ['object', entries]
  }

  /** A getter or a proxy of the program's own may throw: that must cost no more than what it stands for. */
  #readable<T>(read: () => T, place: string, otherwise: T): T {
    try {
      return read()
    } catch (error) {
      this.#tell(place, `it can't be read: ${error}`)
      return otherwise
    }
  }
}

/** What says itself what it is to be: stored objects and references give their names. */
function hasOwnWord(value: object): value is { toJSON(): unknown } {
  return (
    typeof (value as { toJSON?: unknown }).toJSON === 'function' &&
    !(value instanceof Date || value instanceof Uint8Array)
  )
}

function inside(place: string, key: string | number): string {
  return place === '' ? `${key}` : `${place}.${key}`
}

function decodeTable([first, ...nodes]: Table, names: Names): unknown {
  const objects = nodes.map(([kind, content]) => shellOf(kind, content))
  const value = (item: Item): unknown => {
    if (!Array.isArray(item)) return item
    const [kind, what] = item
    switch (kind) {
      case 'node':
        return objects[what as number]
      case 'client':
        return names.named(what as number)
      case 'own':
        return names.revive('', what)
      case 'bigint':
        return BigInt(what as string)
      case 'number':
        return Number(what)
      default:
        return undefined
    }
  }
  // When all are there, since each may lead to any other.
  for (const [i, [, content]] of nodes.entries()) fill(objects[i], content, value)
  return value(first)
}

/** An object as yet without what is in it. */
function shellOf(kind: string, content: unknown): unknown {
  switch (kind) {
    case 'list':
      return []
    case 'date':
      return new Date((content as number | null) ?? Number.NaN)
    case 'map':
      return new Map()
    case 'set':
      return new Set()
    case 'bytes':
      return new Uint8Array(Buffer.from(content as string, 'base64'))
    default:
      return {}
  }
}

function fill(object: unknown, content: unknown, value: (item: Item) => unknown): void {
  if (Array.isArray(object)) for (const item of content as Item[]) object.push(value(item))
  else if (object instanceof Set) for (const item of content as Item[]) object.add(value(item))
  else if (object instanceof Map) {
    // Keys and values by turns.
    const items = content as Item[]
    for (let i = 0; i < items.length; i += 2) object.set(value(items[i] as Item), value(items[i + 1] as Item))
  } else if (!(object instanceof Date || object instanceof Uint8Array)) {
    for (const [key, item] of content as [string, Item][]) {
      const found = value(item)
      // A property of the name `__proto__` must stay a property.
      const descriptor = { value: found, writable: true, enumerable: true, configurable: true }
      if (found !== undefined) Object.defineProperty(object, key, descriptor)
    }
  }
}
