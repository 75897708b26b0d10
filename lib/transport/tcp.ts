/** TCP and Unix sockets. */
import { systemClock } from '../clock.js'
import { checkNames, InvalidOptionError } from '../errors.js'
import { type ProtocolOptions, protocolFor } from '../protocol/index.js'
import { DescribedServer } from './described-server.js'
import type { Address, Server } from './server.js'

export interface TcpOptions extends ProtocolOptions {
  /** 0, the default, lets the system pick one: see `address`. */
  readonly port?: number | undefined
  /** A name or an address of this machine; '127.0.0.1' unless said otherwise, so that the world must be asked in. */
  readonly host?: string | undefined
}

export interface UnixOptions extends ProtocolOptions {
  /** The socket's file; one that a dead server left behind is replaced. */
  readonly path: string
}

/**
 * Where a server listens.
 *
 * @param caller for messages.
 * @throws InvalidOptionError, also for a host that is empty or null: the system would listen on all addresses.
 */
export function tcpAddress(
  caller: string,
  { port = 0, host = '127.0.0.1' }: Pick<TcpOptions, 'port' | 'host'>,
): Address {
  // Text is what environment variables are. Blanks would be the number 0.
  const number = typeof port === 'string' && /\S/.test(port) ? Number(port) : port
  if (!(Number.isInteger(number) && number >= 0 && number <= 65_535)) {
    throw new InvalidOptionError(caller, 'port', port, 'a whole number from 0 to 65535')
  }
  if (typeof host !== 'string' || host === '') {
    throw new InvalidOptionError(
      caller,
      'host',
      host,
      "a name or an address, such as '0.0.0.0' for all there are",
    )
  }
  return { port: number, host }
}

/** @throws InvalidOptionError */
export function unixAddress(caller: string, path: string): Address {
  if (typeof path === 'string' && path !== '') return { path }
  throw new InvalidOptionError(caller, 'path', path, "the path of the socket's file")
}

/** A server for TCP clients. @throws InvalidOptionError */
export function tcp(all: TcpOptions = {}): Server {
  checkNames('tcp()', all, ['port', 'host', 'protocol'], ['raw'])
  return new DescribedServer({ address: tcpAddress('tcp()', all) }, protocolFor(all), systemClock)
}

/** A server for clients on the same machine, through a Unix socket. @throws InvalidOptionError */
export function unix(all: UnixOptions): Server {
  checkNames('unix()', all, ['path', 'protocol'], ['raw'])
  return new DescribedServer({ address: unixAddress('unix()', all.path) }, protocolFor(all), systemClock)
}
