/** The service's ends of connections, which a service keeps to itself: to know what it has read, and when. */
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { Peer } from './peer.js'
import { turns } from './service.js'

/** By the peer's port. */
const accepted = new Map<number, Socket>()

subscribe('net.server.socket', (message) => {
  const { socket } = message as { socket: Socket }
  const port = socket.remotePort
  if (port === undefined) return
  accepted.set(port, socket)
  socket.once('close', () => {
    if (accepted.get(port) === socket) accepted.delete(port)
  })
})

/** The service's end of a peer's connection. */
export async function serverSocket({ socket }: Peer): Promise<Socket> {
  for (;;) {
    const found = accepted.get(socket.localPort as number)
    if (found !== undefined) return found
    await turns(1)
  }
}

/** Waits until the service has read `count` bytes in all from this peer. */
export async function hasRead(socket: Socket, count: number): Promise<void> {
  while (socket.bytesRead < count && !socket.destroyed) await turns(1)
}

/** Waits until a socket is closed, however that came about. */
export async function isClosed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()))
}

/** Waits until no socket of this process is open, on either side. */
export async function allClosed(): Promise<void> {
  while (process.getActiveResourcesInfo().includes('TCPSocketWrap')) await turns(1)
}
