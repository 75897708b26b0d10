/**
 * Making objects of a YAML file: all of them at one moment, or none.
 */
import { YamlError } from './errors.js'
import { peekEach } from './listing.js'
import type { LiveObjects } from './live.js'
import { type Finder, type Resolver, resolveWith } from './reference.js'
import type { Store } from './store.js'
import { readYaml } from './yaml.js'

/** One kind of which the file may hold objects. */
export interface YamlTarget<T extends Store> {
  manager: Finder<T>
  live: LiveObjects<T>
}

/**
 * @param own the only target, which documents need not name.
 * @returns the objects, in the order of the file.
 * @throws YamlError naming every problem by file, document and line; then nothing has changed.
 */
export async function loadYaml<T extends Store>(
  path: string,
  targets: readonly YamlTarget<T>[],
  { own, signal }: { own?: YamlTarget<T>; signal: AbortSignal | undefined },
  resolver: Resolver,
): Promise<T[]> {
  const classes = targets.map(({ live }) => live.storeClass)
  const documents = await readYaml(path, classes, own?.live.storeClass, resolver, signal)
  // Holds on to those that are not active until they are.
  const found = new Set<T>()
  for (const { manager, live } of targets) {
    const keys = documents.filter(({ storeClass }) => storeClass === live.storeClass).map(({ key }) => key)
    for await (const object of peekEach(manager, keys, signal)) found.add(object)
  }
  // From here on nothing waits, so that all objects change at one moment.
  const placed = documents.map(({ storeClass, ...document }) => ({
    ...document,
    live: targets.find(({ live }) => live.storeClass === storeClass)?.live as LiveObjects<T>,
  }))
  const problems = placed
    .filter(({ live, key }) => live.inMemory(key) === undefined)
    .flatMap(({ live, given, document, line }) => {
      const { definition } = live.storeClass
      const outcome = resolveWith(resolver, () => definition.complete(definition.names, given))
      return (outcome.problems ?? []).map(({ path: [field] }) => ({
        document,
        line,
        message: `the field ${String(field)} has no default and is missing`,
      }))
    })
  if (problems.length > 0) throw new YamlError(path, problems)
  return placed.map(({ live, key, given }) => live.place(key, given))
}
