/**
 * A program's own data as one line of text, for another process: what `client.state` may hold beside plain data.
 *
 * Dates, maps, sets, bytes (those of Node's `Buffer` too), big integers and numbers that JSON has no form for are restored
 * as they were. An object that is there twice, or that leads back to itself, is restored once. Clients and stored objects
 * are restored by their names. An object of any other class loses its class, and a function is lost: both are told.
 */

/** Objects that are named rather than copied. */
export interface Names {
  /** The name of an object that another process has, too, such as a client. */
  nameOf(value: object): number | undefined
  /** The object of that name; undefined where it has gone. */
  named(name: number): unknown
  /** The stored object for which `value` stands, as its `toJSON` gave it; any other value as it is. */
  revive(key: string, value: unknown): unknown
}

type Tell = (place: string, why: string) => void

/** How deep plain data may be for JSON, which calls itself for each object within another. A table may be of any depth. */
const MAX_DEPTH = 500

/** Before a table of nodes; JSON never begins so. */
const TABLE = '*'

/**
 * @param tell is called with what will not be restored as it is, by its place in the data, and why. A place is the same
 * for all items of a list: `quests[].timer`.
 * @returns one line of text.
 */
export function encodePlain(value: unknown, names: Names, tell: Tell): string {
  // Nearly all data is a tree of plain objects, and then this look costs less than a table.
  if (value !== undefined && isTree(value)) return JSON.stringify(value)
  return TABLE + JSON.stringify(new Encoder(names, tell).encode(value))
}

/** What `encodePlain` gave, as it was. */
export function decodePlain(text: string, names: Names): unknown {
  return text.startsWith(TABLE) ? decodeTable(JSON.parse(text.slice(1)), names) : JSON.parse(text)
}

/** Whether JSON has a form for the number. */
function hasForm(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0)
}

/** Whether JSON keeps it as it is: plain objects and lists, each of them there once. */
function isTree(value: unknown): boolean {
  try {
    return isPlain(value, new Set(), 0)
  } catch {
    // It has a property that can't be read.
    return false
  }
}

function isPlain(value: unknown, seen: Set<object>, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return true
    case 'number':
      return hasForm(value)
    case 'object':
      break
    default:
      return false
  }
  if (value === null) return true
  if (seen.has(value) || depth === MAX_DEPTH) return false
  seen.add(value)
  if (Array.isArray(value)) {
    return (
      Object.getPrototypeOf(value) === Array.prototype &&
      // Not every(), which leaves holes out.
      value.findIndex((item) => item === undefined || !isPlain(item, seen, depth + 1)) === -1
    )
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  for (const name in value) {
    if (name === 'toJSON' || !isPlain((value as Record<string, unknown>)[name], seen, depth + 1)) return false
  }
  return true
}

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
      nodes.push(this.#node(object, place))
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
        return hasForm(value) ? value : ['number', Object.is(value, -0) ? '-0' : String(value)]
      case 'object':
        return value === null ? null : this.#object(value, place)
      default:
        return value as string | boolean
    }
  }

  #object(value: object, place: string): Item {
    const name = this.#names.nameOf(value)
    if (name !== undefined) return ['client', name]
    const known = this.#ids.get(value)
    if (known !== undefined) return ['node', known]
    try {
      if (hasOwnWord(value)) return this.#ownWord(value, place)
    } catch (error) {
      return this.#unreadable(place, error)
    }
    const id = this.#ids.size
    this.#ids.set(value, id)
    this.#waiting.push([value, place])
    return ['node', id]
  }

  #ownWord(value: { toJSON(): unknown }, place: string): Item {
    const word = JSON.parse(JSON.stringify(value.toJSON()) ?? 'null')
    const meant = this.#names.revive('', word)
    if (meant === word)
      this.#tell(place, `it is a ${classOf(value)}, and is restored as what its toJSON() gives`)
    // A stored object that was deleted. Another one may have been made under its name: that is somebody else's.
    else if (Object.hasOwn(word, '$object') && meant !== value) return ['undefined']
    return ['own', word]
  }

  /** A getter or a proxy of the program's own may throw: that must cost no more than what it stands for. */
  #node(value: object, place: string): Node {
    try {
      const node = this.#readableNode(value, place)
      const plain = PLAIN.get(node[0])
      const prototype = Object.getPrototypeOf(value)
      if (prototype !== plain?.prototype && prototype !== null) {
        this.#tell(place, `it is a ${classOf(value)}, and is restored as a plain ${plain?.name}`)
      }
      return node
    } catch (error) {
      this.#unreadable(place, error)
      return ['object', []]
    }
  }

  #readableNode(value: object, place: string): Node {
    if (Array.isArray(value)) return ['list', this.#items(value, place)]
    if (value instanceof Date) return ['date', value.getTime()]
    if (value instanceof Map) return ['map', this.#items([...value].flat(1), place)]
    if (value instanceof Set) return ['set', this.#items([...value], place)]
    if (value instanceof Uint8Array) {
      return [Buffer.isBuffer(value) ? 'buffer' : 'bytes', Buffer.from(value).toString('base64')]
    }
    const entries: [string, Item][] = []
    for (const key of Object.keys(value)) entries.push([key, this.#property(value, key, inside(place, key))])
    return ['object', entries]
  }

  #items(values: readonly unknown[], place: string): Item[] {
    const inner = `${place}[]`
    // Not `map`, which would leave holes.
    return Array.from(values, (value) => this.#item(value, inner))
  }

  #property(object: object, key: string, place: string): Item {
    try {
      return this.#item((object as Record<string, unknown>)[key], place)
    } catch (error) {
      return this.#unreadable(place, error)
    }
  }

  #unreadable(place: string, error: unknown): Item {
    this.#tell(place, `it can't be read: ${String(error)}`)
    return ['undefined']
  }
}

/** The classes whose objects a table restores as such, by the kind of their nodes. */
const PLAIN = new Map<string, { readonly name: string; readonly prototype: object }>([
  ['object', Object],
  ['list', Array],
  ['date', Date],
  ['map', Map],
  ['set', Set],
  ['bytes', Uint8Array],
  ['buffer', Buffer],
])

function classOf(value: object): string {
  return Object.getPrototypeOf(value).constructor?.name || 'class without a name'
}

/** Whether it says itself how it is to be saved. Stored objects and references give their names. */
function hasOwnWord(value: object): value is { toJSON(): unknown } {
  return (
    typeof (value as { toJSON?: unknown }).toJSON === 'function' &&
    !(value instanceof Date || value instanceof Uint8Array)
  )
}

function inside(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`
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
    case 'buffer':
      return Buffer.from(content as string, 'base64')
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
