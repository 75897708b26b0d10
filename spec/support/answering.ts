import net from 'node:net'

/** A server that says the same to whoever comes, whatever they ask, and listens when the promise resolves. */
export async function answering(answer: string, path: string): Promise<net.Server> {
  const server = net.createServer((peer) => {
    // Who has heard enough may reset the connection.
    peer.on('error', () => {})
    peer.resume().end(answer)
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return server
}
