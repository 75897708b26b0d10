/**
 * Making objects of a YAML file: all of them at one moment, or none.
 */
import { YamlError } from './errors.js'
import { peekEach } from './listing.js'
import { type Finder, type Resolver, resolveWith } from './reference.js'
import type { Repository } from './repository.js'
import type { Store } from './store.js'
import { readYaml } from './yaml.js'

/** One kind of which the file may hold objects. */
interface YamlTarget<T extends Store> {
  manager: Finder<T>
  repository: Repository<T>
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
  const classes = targets.map(({ repository }) => repository.storeClass)
  const documents = await readYaml(path, classes, own?.repository.storeClass, resolver, signal)
  // Holds on to those that are not active until they are.
  const found = new Set<T>()
  for (const { manager, repository } of targets) {
    const keys = documents
      .filter(({ storeClass }) => storeClass === repository.storeClass)
      .map(({ key }) => key)
    for await (const object of peekEach(manager, keys, signal)) found.add(object)
  }
  // From here on nothing waits, so that all objects change at one moment.
  const placed = documents.map(({ storeClass, ...document }) => ({
    ...document,
    repository: targets.find(({ repository }) => repository.storeClass === storeClass)
      ?.repository as Repository<T>,
  }))
  const problems = placed
    .filter(({ repository, key }) => repository.inMemory(key) === undefined)
    .flatMap(({ repository, given, document, line }) => {
      const { definition } = repository.storeClass
      const outcome = resolveWith(resolver, () => definition.complete(definition.names, given))
      return (outcome.problems ?? []).map(({ path: [field] }) => ({
        document,
        line,
        message: `the field ${String(field)} has no default and is missing`,
      }))
    })
  if (problems.length > 0) throw new YamlError(path, problems)
  return placed.map(({ repository, key, given }) => repository.place(key, given))
}
