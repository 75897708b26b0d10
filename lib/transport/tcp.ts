/** TCP and Unix sockets. */
import { systemClock } from '../clock.js'
import { checkNames } from '../errors.js'
import { type ProtocolOptions, protocolFor } from '../protocol/index.js'
import { DescribedServer } from './described-server.js'
import type { Server } from './server.js'

export interface TcpOptions extends ProtocolOptions {
  /** 0, the default, lets the system pick one: see `address`. */
  readonly port?: number
  /** A name or an address of this machine; '127.0.0.1' unless said otherwise, so that the world must be asked in. */
  readonly host?: string
}

export interface UnixOptions extends ProtocolOptions {
  /** The socket's file; one that a dead server left behind is replaced. */
  readonly path: string
}

/** A server for TCP clients. @throws InvalidOptionError for options that there are not. */
export function tcp(all: TcpOptions = {}): Server {
  checkNames('tcp()', all, ['port', 'host', 'protocol', 'raw'])
  const { port = 0, host = '127.0.0.1', ...options } = all
  return new DescribedServer({ address: { port, host } }, protocolFor(options), systemClock)
}

/** A server for clients on the same machine, through a Unix socket. @throws InvalidOptionError for options that there are not. */
export function unix(all: UnixOptions): Server {
  checkNames('unix()', all, ['path', 'protocol', 'raw'])
  const { path, ...options } = all
  return new DescribedServer({ address: { path } }, protocolFor(options), systemClock)
}
