/**
 * Reads objects that people write by hand, several to a file. All problems of a file are reported at once, each by document
 * and line. A field that the class does not have is a problem too: it may be a typing error.
 */
import { readFile } from 'node:fs/promises'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml'
import { escapeText } from '../text/escape.js'
import { BackendError, type YamlDocument, YamlError, type YamlProblem } from './errors.js'
import type { Data } from './field.js'
import { describeProblem } from './json.js'
import { isKey, parseKey } from './key.js'
import { type Resolver, resolveWith } from './reference.js'
import type { StoreClass } from './store.js'

interface YamlFile<C extends StoreClass> {
  objects: YamlObject<C>[]
  /** For the error, if the objects turn out to be wrong later. */
  documents(): YamlDocument[]
}

interface YamlObject<C extends StoreClass> {
  storeClass: C
  key: string
  /** The fields that the document names, read by their schemas. */
  given: Data
  document: number
  /** Where the document begins. */
  line: number
}

/**
 * @param classes those of which the file may hold objects.
 * @param own the only one of them, which documents need not name.
 * @throws YamlError for what is wrong in the file.
 * @throws BackendError when it cannot be read.
 */
export async function readYaml<C extends StoreClass>(
  path: string,
  classes: readonly C[],
  own: C | undefined,
  resolver: Resolver,
  signal: AbortSignal | undefined,
): Promise<YamlFile<C>> {
  const text = await readText(path, signal)
  const lines = new LineCounter()
  // An empty file gives no documents. The library's own pretty messages would repeat the line.
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })
  const problems: YamlProblem[] = []
  const objects: YamlObject<C>[] = []
  const readers: DocumentReader[] = []
  const readable = () => readers.flatMap((reader) => [...reader.readable()])
  const firsts = new Map<string, { document: number; line: number }>()
  for (const [i, parsed] of [...documents].entries()) {
    const document = i + 1
    const reader = new DocumentReader(parsed, document, lines, problems)
    readers.push(reader)
    if (!reader.isMapping()) continue
    const storeClass = reader.readClass(classes, own)
    if (!storeClass) continue
    const key = reader.readKey(storeClass.kind)
    const given = reader.readFields(storeClass, resolver)
    if (key === undefined) continue
    const line = reader.lineOf([])
    const name = `${storeClass.kind}/${key}`
    const first = firsts.get(name)
    if (first)
      reader.refuse(
        ['key'],
        `the key ${key} is already used in document ${first.document}, line ${first.line}`,
      )
    else firsts.set(name, { document, line })
    if (given) objects.push({ storeClass, key, given, document, line })
  }
  if (problems.length > 0) throw new YamlError(path, problems, { documents: readable() })
  return { objects, documents: readable }
}

/** Throws where other characters would stand for bytes that are none: users would be shown them. */
const UTF8 = new TextDecoder('utf-8', { fatal: true })

async function readText(path: string, signal: AbortSignal | undefined): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path, { signal })
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw new BackendError(path, `Cannot read ${path}: ${(error as Error).message}. Check the path.`, error)
  }
  try {
    return UTF8.decode(bytes)
  } catch (error) {
    throw new BackendError(
      path,
      `Cannot read ${path}: it is not UTF-8. Save it as UTF-8 with an editor.`,
      error,
    )
  }
}

class DocumentReader {
  readonly #parsed: Document.Parsed
  readonly #lines: LineCounter
  readonly #problems: YamlProblem[]
  readonly #about: Pick<YamlProblem, 'document' | 'store' | 'key'>

  constructor(parsed: Document.Parsed, document: number, lines: LineCounter, problems: YamlProblem[]) {
    this.#parsed = parsed
    this.#lines = lines
    this.#problems = problems
    const text = (name: string) => (isMap(parsed.contents) ? textOf(parsed.get(name, true)) : undefined)
    const [store, key] = [text('store'), text('key')]
    this.#about = {
      document,
      store: store === undefined ? undefined : String(store).toLowerCase(),
      key: isKey(key) ? key.toLowerCase() : undefined,
    }
  }

  /** What there is to read of the document; nothing where it is empty. */
  *readable(): Generator<YamlDocument> {
    if (this.#parsed.contents === null && this.#parsed.errors.length === 0) return
    yield { ...this.#about, line: this.lineOf([]), data: this.#data() }
  }

  #data(): Data | undefined {
    try {
      return isMap(this.#parsed.contents) ? (this.#parsed.toJS() as Data) : undefined
    } catch {
      return undefined
    }
  }

  /** False for an empty document, and for one that is no YAML or something else, which is a problem. */
  isMapping(): boolean {
    const { contents, errors, warnings } = this.#parsed
    for (const { pos, message } of [...errors, ...warnings]) {
      this.#add(this.#lines.linePos(pos[0]).line, this.#pathAt(pos[0]), message)
    }
    // With a key that is there twice, the rest of the document still says what it says.
    if (
      errors.some(({ code }) => code !== 'DUPLICATE_KEY') ||
      contents === null ||
      (isScalar(contents) && contents.value === null)
    )
      return false
    if (isMap(contents)) return true
    this.refuse([], 'expected a mapping of fields')
    return false
  }

  /** Adds a problem at what `path` leads to, or as near to it as the document goes. */
  refuse(path: readonly PropertyKey[], message: string): void {
    this.#add(this.lineOf(path), path, message)
  }

  /** Messages quote the file, which may hold anything. */
  #add(line: number, path: readonly PropertyKey[], message: string): void {
    this.#problems.push({ ...this.#about, line, path, message: escapeText(message) })
  }

  /** The names of the fields, one in the other, that lead to an offset. */
  #pathAt(offset: number): PropertyKey[] {
    const path: PropertyKey[] = []
    let node: unknown = this.#parsed.contents
    while (isMap(node)) {
      const pair: Pair | undefined = node.items.findLast(
        ({ key }) => ((key as Node).range?.[0] ?? offset) <= offset,
      )
      if (!isScalar(pair?.key)) break
      path.push(String(pair.key.value))
      node = pair.value
    }
    return path
  }

  /** The class of which the document is, by its field `store`. */
  readClass<C extends StoreClass>(classes: readonly C[], own: C | undefined): C | undefined {
    const node = this.#parsed.get('store', true)
    if (own && (node === undefined || hasStoreField(own))) return own
    const kinds = classes
      .map(({ kind }) => kind)
      .sort()
      .join(', ')
    const text = textOf(node)
    const name = String(text)
    const found = classes.find(({ kind }) => kind === name.toLowerCase())
    if (found && !hasStoreField(found)) return found
    const problem = () => {
      if (text === undefined) return `the field store must name one of the stores ${kinds}`
      if (found)
        return `${found.kind} has a field store, so its documents cannot name their store: load them with its manager`
      if (own)
        return `this document belongs to the store ${name}, but only ${own.kind} is loaded here: load the file with stores.loadYaml()`
      return `there is no store ${name}, only ${kinds}: call stores.manager() with its class first`
    }
    this.refuse(['store'], problem())
    return undefined
  }

  readKey(kind: string): string | undefined {
    const node = this.#parsed.get('key', true)
    if (node === undefined) {
      this.refuse([], 'the field key is missing: it names the object')
      return undefined
    }
    try {
      return parseKey(textOf(node), `key of ${kind}`)
    } catch (error) {
      this.refuse(['key'], (error as Error).message)
      return undefined
    }
  }

  readFields(storeClass: StoreClass, resolver: Resolver): Data | undefined {
    const { definition, kind } = storeClass
    let data: Data
    try {
      data = this.#parsed.toJS() as Data
    } catch (error) {
      // Such as aliases that would unfold to more than any memory holds.
      this.refuse([], (error as Error).message)
      return undefined
    }
    for (const name of Object.keys(data)) {
      if (name !== 'key' && name !== 'store' && !definition.names.includes(name))
        this.refuse([name], `${kind} has no field ${name}`)
    }
    const outcome = resolveWith(resolver, () => definition.decode(definition.names, data))
    for (const problem of outcome.problems ?? []) this.refuse(problem.path, describeProblem(problem))
    return outcome.value
  }

  lineOf(path: readonly PropertyKey[]): number {
    let node: unknown = this.#parsed.contents
    let offset = (node as Node | null)?.range?.[0] ?? this.#parsed.range[0]
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.#parsed)
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
        // The name of a field says better where it is than its value, which may begin on a later line.
        offset = (pair?.key as Node | undefined)?.range?.[0] ?? offset
        node = pair?.value
      } else if (isSeq(node)) {
        node = node.items[Number(step)]
        offset = (node as Node | undefined)?.range?.[0] ?? offset
      } else break
    }
    return this.#lines.linePos(offset).line
  }
}

/** A scalar as it is written: 007 is no 7 here. */
function textOf(node: unknown): unknown {
  return isScalar(node) ? (node.source ?? node.value) : undefined
}

function hasStoreField({ definition }: StoreClass): boolean {
  return definition.names.includes('store')
}
