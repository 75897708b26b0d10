/**
 * Making objects of a YAML file: all of them at one moment, or none.
 */
import { YamlError } from './errors.js'
import { peekEach } from './listing.js'
import { type Finder, type Resolver, resolveWith } from './reference.js'
import type { Repository } from './repository.js'
import type { Store } from './store.js'

/**
 * @param repositories those of which the file may hold objects.
 * @param own the only one of them, which documents need not name.
 * @returns the objects, in the order of the file.
 * @throws YamlError naming every problem by file, document and line; then nothing has changed.
 */
export async function loadYaml<T extends Store>(
  path: string,
  repositories: readonly Repository<T>[],
  { own, signal }: { own?: Repository<T>; signal: AbortSignal | undefined },
  stores: Resolver,
): Promise<T[]> {
  // Only now: it brings a parser with it that most programs never need.
  const { readYaml } = await import('./yaml.js')
  const byClass = new Map(repositories.map((repository) => [repository.storeClass, repository]))
  const { objects: documents, documents: readable } = await readYaml(
    path,
    [...byClass.keys()],
    own?.storeClass,
    stores,
    signal,
  )
  // Holds on to those that are not active until they are.
  const found = new Set<T>()
  for (const storeClass of byClass.keys()) {
    const keys = documents.filter((document) => document.storeClass === storeClass).map(({ key }) => key)
    const finder = stores.manager(storeClass) as Finder<T>
    for await (const object of peekEach(finder, keys, signal)) found.add(object)
  }
  // From here on nothing waits, so that all objects change at one moment.
  const isNew = ({ storeClass, key }: (typeof documents)[number]) =>
    byClass.get(storeClass)?.objects.inMemory(key) === undefined
  const problems = documents.filter(isNew).flatMap(({ storeClass, key, given, document, line }) => {
    const { definition } = storeClass
    const outcome = resolveWith(stores, () => definition.complete(definition.names, given))
    return (outcome.problems ?? []).map(({ path: [field] }) => {
      const message = `the field ${String(field)} has no default and is missing`
      return { document, line, message, store: storeClass.kind, key, path: [field as PropertyKey] }
    })
  })
  if (problems.length > 0) throw new YamlError(path, problems, { documents: readable() })
  return documents.map(({ storeClass, key, given }) => byClass.get(storeClass)?.place(key, given) as T)
}
