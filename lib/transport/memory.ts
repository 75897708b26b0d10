/** Connections that never leave the process: for tests, and for programs that talk to their own service. */
import { type Duplex, duplexPair } from 'node:stream'
import { checkNames } from '../errors.js'
import { type ProtocolOptions, protocolFor } from '../protocol/index.js'
import { inUseByItself } from './errors.js'
import type { Server, ServerHost } from './server.js'

/** Two ends of one connection: what is written to one is read from the other. */
export function memoryPair(): [Duplex, Duplex] {
  const [a, b] = duplexPair()
  // A socket that is destroyed ends its peer, after what was sent before; a plain pair would leave it waiting.
  a.once('close', () => endAfterLastBytes(b))
  b.once('close', () => endAfterLastBytes(a))
  return [a, b]
}

function endAfterLastBytes(end: Duplex): void {
  if (end.readableEnded) {
    end.destroy()
    return
  }
  end.once('end', () => end.destroy())
  end.push(null)
}

/** A server that is connected to by calling it. */
export interface MemoryServer extends Server {
  /** The client's end of a new connection. */
  connect(): Duplex
}

/** A server in memory: `server.connect()` gives the client's end of a new connection. */
export function memory(options: ProtocolOptions = {}): MemoryServer {
  checkNames('memory()', options, ['protocol'], ['raw'])
  let host: ServerHost | undefined
  const server: MemoryServer = {
    protocol: protocolFor(options),
    address: undefined,
    async listen(newHost) {
      // Where an edge holds the connections, the next process listens before the one before it has closed.
      if (host !== undefined && newHost.listen === undefined) throw inUseByItself(server)
      host = newHost
    },
    async close() {
      host = undefined
    },
    connect() {
      const [ours, theirs] = memoryPair()
      if (host === undefined) ours.destroy()
      else host.connection(ours, {})
      return theirs
    },
    toString: () => 'memory',
  }
  return server
}
