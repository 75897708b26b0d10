/** How a peer on `node:net` starts: on a port of its own, of which it tells the race on its standard output. */
import net from 'node:net'
import type { Wire } from '../../wire.js'

/** What the race wants to be spoken. */
export const wire = process.env.RACE_WIRE as Wire

export function serve(onSocket: (socket: net.Socket) => void): void {
  const server = net.createServer({ noDelay: true }, (socket) => {
    // A peer that has gone is no error of the server's.
    socket.on('error', () => {})
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1', () => console.log(`open ${(server.address() as net.AddressInfo).port}`))
}
