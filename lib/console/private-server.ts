/** What a console listens on: a Unix socket that only its user can open, never one of the angel's. */
import { PrivateSocket, type PrivateSocketOptions } from '../transport/private-socket.js'
import type { Server } from '../transport/server.js'

export type PrivateServerOptions = Pick<PrivateSocketOptions, 'path' | 'alias' | 'hint' | 'makeFolder'>

export function privateServer(options: PrivateServerOptions): Server {
  const { path } = options
  let socket: PrivateSocket | undefined
  return {
    get address() {
      return socket && { path }
    },
    async listen(host) {
      socket = await PrivateSocket.listen({
        ...options,
        what: 'console',
        // A script that has said its last line still wants to read the answer.
        allowHalfOpen: true,
        connection: (peer) => host.connection(peer, {}),
        warn: (message) => host.warn(message),
      })
    },
    async close() {
      socket?.close()
      socket = undefined
    },
    toString: () => path,
  }
}
