/** Connections of the load. */
import net from 'node:net'

/** Linux answers on all of them. One has too few ports for the largest counts, as a port rests after its use. */
const ADDRESSES = process.platform === 'linux' ? 64 : 1
/** So many connections are being made at once: no backlog overflows. */
const AT_ONCE = 64

let made = 0

/** Connects; `onConnect` is called where the connection stands. An error of the connection ends the process. */
export function connect(port: number, onConnect?: () => void): net.Socket {
  const localAddress = `127.0.0.${1 + (made++ % ADDRESSES)}`
  const socket = net.connect({ port, host: '127.0.0.1', localAddress, noDelay: true }, onConnect)
  socket.on('error', (error) => {
    throw error
  })
  return socket
}

/** Calls `begin` for clients 0 to `count` - 1; each resolves when its client is ready. */
export async function enter(count: number, begin: (client: number) => Promise<void>): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    while (next < count) await begin(next++)
  }
  await Promise.all(Array.from({ length: Math.min(count, AT_ONCE) }, work))
}
