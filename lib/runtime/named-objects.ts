/**
 * Stored objects that clients have left in `client.state` and in results of steps, where they are written down by their
 * names. One that is not active, such as the user who has logged out meanwhile, is loaded before its name is read.
 */
import type { AnyClient } from '../client/client.js'
import type { Clock } from '../clock.js'
import type { Persistence } from '../storage/persistence.js'
import { within } from '../wait.js'
import type { ConnectionManager } from './connection-manager.js'
import type { Names } from './plain-data.js'

/** How long clients wait for it, in milliseconds. */
const PATIENCE = 2_000

export interface NamedObjectsHost {
  readonly stores: Pick<Persistence, 'load'>
  readonly clock: Clock
  warn(message: string): void
}

/**
 * Loads the objects that texts of `encodePlain` name.
 *
 * @returns lets them go: until it is called they stay in memory, whether anybody else holds them or not.
 */
export async function holdNamed(texts: readonly string[], host: NamedObjectsHost): Promise<() => void> {
  const found: unknown[] = []
  const load = async (name: string): Promise<void> => {
    try {
      const object = await host.stores.load(name)
      if (object !== undefined) found.push(object)
      else
        host.warn(
          `${name} is not saved, so a conversation or client.state that named it has nothing in its place.`,
        )
    } catch (error) {
      host.warn(
        `${name}, which a conversation or client.state names, can't be loaded: ${(error as Error).message}`,
      )
    }
  }
  const names = namesIn(texts)
  if (names.size === 0) return () => {}
  const loads = Promise.all([...names].map(load))
  if (!(await within(host.clock, PATIENCE, loads))) {
    host.warn(
      'Objects that conversations or client.state name are still being loaded, and nobody waits for them.',
    )
  }
  return () => void found.splice(0)
}

/** What is written down within a text that is written down is escaped once more. */
const NAME = /\{\\*"\$object\\*":\\*"([^"\\]+)\\*"\}/g

function namesIn(texts: readonly string[]): Set<string> {
  // Looked for first, since most texts have none, and clients wait: 5,000 of them for 15 ms less.
  const named = texts.filter((text) => text.includes('$object'))
  return new Set(named.flatMap((text) => [...text.matchAll(NAME)].map(([, name]) => name as string)))
}

/** Clients of the service, and its stored objects: what is named in data that goes to another process. */
export function namesOf(
  connections: Pick<ConnectionManager, 'sessions' | 'client'>,
  stores: Pick<Persistence, 'revive'>,
): Names {
  return {
    nameOf: (value) => (connections.sessions.has(value as AnyClient) ? (value as AnyClient).id : undefined),
    named: (id) => connections.client(id),
    revive: stores.revive,
  }
}
