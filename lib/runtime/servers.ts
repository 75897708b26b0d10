/** The servers of a service: those that its program names, or else the one that settings describe. */
import type { z } from 'zod'
import { systemClock } from '../clock.js'
import { InvalidOptionError } from '../errors.js'
import { type CoreSettings, coreShape, type Settings } from '../settings/index.js'
import { DescribedServer } from '../transport/described-server.js'
import type { Server } from '../transport/server.js'
import { describeTls } from '../transport/tls.js'
import type { Servers, StartOptions } from './options.js'

/**
 * What sources of settings say of servers; undefined where they say nothing. An empty list is a list: of no servers.
 *
 * @throws InvalidOptionError
 */
export function serversIn<Extra extends z.ZodRawShape>(
  sources: readonly (object | string)[],
): Servers<Extra>[] | undefined {
  const lists = sources.flatMap((source) => {
    const list = typeof source === 'object' ? (source as StartOptions<Extra> | null)?.servers : undefined
    return list === undefined ? [] : [typeof list === 'function' ? list : checkList(list)]
  })
  return lists.length > 0 ? lists : undefined
}

/** A source of settings without the servers among them. */
export function withoutServers(source: object | string): object | string {
  // What is no source at all is told of with all else that is wrong.
  if (typeof source !== 'object' || source === null || !('servers' in source)) return source
  const { servers: _, ...settings } = source as StartOptions
  return settings
}

/**
 * @param lists as `serversIn` gave them.
 * @returns `unused`: settings of the default server that somebody has set, and that count for nothing.
 * @throws InvalidOptionError
 */
export function serversOf<Extra extends z.ZodRawShape>(
  lists: readonly Servers<Extra>[] | undefined,
  settings: Settings<Extra>,
): { servers: readonly Server[]; unused: readonly string[] } {
  const core = settings as CoreSettings
  if (lists === undefined) return { servers: [defaultServer(core)], unused: [] }
  const servers = lists.flatMap((list) => (typeof list === 'function' ? checkList(list(settings)) : list))
  // Where they are made of the settings, these may count.
  const areMade = lists.some((list) => typeof list === 'function')
  return { servers, unused: areMade ? [] : serverSettingsIn(core) }
}

function defaultServer({ port, host, path, tlsCert, tlsKey }: CoreSettings): Server {
  const address = path === undefined ? { port, host } : { path }
  const isSecure = tlsCert !== undefined || tlsKey !== undefined
  // Where one of the two is missing, `listen` says so.
  const files = { cert: tlsCert ?? '', key: tlsKey ?? '' }
  const description = { address, ...(isSecure && { tls: describeTls('tls()', files) }) }
  return new DescribedServer(description, undefined, systemClock, true)
}

function serverSettingsIn(settings: CoreSettings): string[] {
  return (['port', 'host', 'path', 'tlsCert', 'tlsKey'] as const).filter((name) => {
    const value = settings[name]
    // Port 0 asks for nothing in particular.
    return value !== 0 && value !== coreShape[name].safeParse(undefined).data
  })
}

function checkList(list: readonly Server[]): readonly Server[] {
  if (Array.isArray(list)) {
    for (const [index, server] of list.entries())
      checkServer(server, `servers[${index}]`, list.indexOf(server) < index)
    return list
  }
  const expected = 'a list of servers, such as [tcp({ port: 9000 })], or a function that gives one'
  throw new InvalidOptionError('A service', 'servers', list, expected)
}

function checkServer(
  server: Partial<Server> | null | undefined,
  name: string,
  isThereAlready: boolean,
): void {
  if (typeof server?.listen !== 'function' || typeof server.close !== 'function') {
    throw new InvalidOptionError('A service', name, server, 'a server, such as tcp({ port: 9000 })')
  }
  if (isThereAlready) throw new InvalidOptionError('A service', name, server, 'each server once')
}
