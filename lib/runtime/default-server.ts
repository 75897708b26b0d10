/** The server of a program that names none: the settings describe it. */
import { type CoreSettings, coreShape } from '../settings/index.js'
import type { Server } from '../transport/server.js'
import { tcp, unix } from '../transport/tcp.js'
import { tls } from '../transport/tls.js'

export function defaultServer({ port, host, path, tlsCert, tlsKey }: CoreSettings): Server {
  if (tlsCert !== undefined || tlsKey !== undefined) {
    // Where one of the two is missing, `listen` says so.
    const files = { cert: tlsCert ?? '', key: tlsKey ?? '' }
    return tls(path === undefined ? { port, host, ...files } : { path, ...files })
  }
  return path === undefined ? tcp({ port, host }) : unix({ path })
}

/** Settings of the default server that somebody has set: where the program names its servers, they count for nothing. */
export function serverSettingsIn(settings: CoreSettings): string[] {
  return (['port', 'host', 'path', 'tlsCert', 'tlsKey'] as const).filter((name) => {
    const value = settings[name]
    // Port 0 asks for nothing in particular.
    return value !== 0 && value !== coreShape[name].safeParse(undefined).data
  })
}
