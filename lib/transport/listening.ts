/** How listening sockets are opened and probed: for servers of every kind, here and in the angel. */
import net from 'node:net'
import type { Address } from './server.js'

/** Bytes of the path of a Unix socket: one is kept for the end of it. Linux allows more than other systems. */
export const MAX_SOCKET_PATH = process.platform === 'linux' ? 107 : 103

/** The system would cut a longer path in silence, and so mean another file. @throws the error that it would give. */
export function checkSocketPath(path: string): void {
  const length = Buffer.byteLength(path)
  if (length <= MAX_SOCKET_PATH) return
  const problem = `the path of a Unix socket may have ${MAX_SOCKET_PATH} bytes here, and this one has ${length}`
  throw Object.assign(new Error(problem), { code: 'ENAMETOOLONG' })
}

/**
 * Opens a server's socket. Errors that come later concern one connection that could not be accepted; the server
 * listens on, and `onError` is told.
 *
 * @throws the system's error, with its code.
 */
export function listen(
  server: net.Server,
  target: Address,
  onError: (error: Error) => void,
): Promise<Address> {
  return new Promise((resolve, reject) => {
    if (target.path !== undefined) checkSocketPath(target.path)
    server.once('error', reject)
    server.listen({ ...target }, () => {
      server.off('error', reject)
      server.on('error', onError)
      resolve(addressOf(server) as Address)
    })
  })
}

/** Where a server listens; undefined while it does not. */
export function addressOf(server: net.Server): Address | undefined {
  const bound = server.address()
  if (bound === null) return undefined
  return typeof bound === 'string' ? { path: bound } : { host: bound.address, port: bound.port }
}

/** Whether a server answers on a Unix socket; false where there is no file, or one that a dead server left behind. */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT')
    })
  })
}
