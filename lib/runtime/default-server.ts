/** The server of a program that names none: the settings describe it. */

import { systemClock } from '../clock.js'
import { type CoreSettings, coreShape } from '../settings/index.js'
import { DescribedServer } from '../transport/described-server.js'
import type { Server } from '../transport/server.js'
import { describeTls } from '../transport/tls.js'

export function defaultServer({ port, host, path, tlsCert, tlsKey }: CoreSettings): Server {
  const address = path === undefined ? { port, host } : { path }
  const isSecure = tlsCert !== undefined || tlsKey !== undefined
  // Where one of the two is missing, `listen` says so.
  const files = { cert: tlsCert ?? '', key: tlsKey ?? '' }
  const description = { address, ...(isSecure && { tls: describeTls('tls()', files) }) }
  return new DescribedServer(description, undefined, systemClock, true)
}

/** Settings of the default server that somebody has set: where the program names its servers, they count for nothing. */
export function serverSettingsIn(settings: CoreSettings): string[] {
  return (['port', 'host', 'path', 'tlsCert', 'tlsKey'] as const).filter((name) => {
    const value = settings[name]
    // Port 0 asks for nothing in particular.
    return value !== 0 && value !== coreShape[name].safeParse(undefined).data
  })
}
