/** TCP and Unix sockets. */
import { lstat, unlink } from 'node:fs/promises'
import net from 'node:net'
import { type Protocol, type ProtocolOptions, protocolFor } from '../protocol/index.js'
import { isOutOfDescriptors } from './descriptors.js'
import { AddressInUseError, ListenError } from './errors.js'
import { addressOf, isAnswered, listen } from './listening.js'
import type { Address, HeldListener, Server, ServerHost } from './server.js'

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

/** A server for TCP clients. */
export function tcp({ port = 0, host = '127.0.0.1', ...options }: TcpOptions = {}): Server {
  return new NetServer({ port, host }, protocolFor(options))
}

/** A server for clients on the same machine, through a Unix socket. */
export function unix({ path, ...options }: UnixOptions): Server {
  return new NetServer({ path }, protocolFor(options))
}

class NetServer implements Server {
  readonly protocol: Protocol | undefined
  readonly #target: Address
  #server: net.Server | undefined
  /** For logs, also after the socket is closed: the system may have picked the port. */
  #lastAddress: Address | undefined
  /** In place of a server of its own, where the edge listens. */
  #held: HeldListener | undefined

  constructor(target: Address, protocol: Protocol | undefined) {
    this.#target = target
    this.protocol = protocol
  }

  get address(): Address | undefined {
    return this.#held?.address ?? (this.#server && addressOf(this.#server))
  }

  async listen(host: ServerHost): Promise<void> {
    try {
      await this.#listen(host)
    } catch (error) {
      const { path } = this.#target
      if (!isInUse(error) || path === undefined || !(await isLeftBehind(path))) throw this.#explain(error)
      await unlink(path)
      await this.#listen(host).catch((again) => Promise.reject(this.#explain(again)))
    }
  }

  async #listen(host: ServerHost): Promise<void> {
    if (host.listen !== undefined) {
      this.#held = await host.listen(this.#target)
    } else {
      // Half-open, since a peer that has said its last line still wants to read the answer.
      const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        host.connection(socket, { remoteAddress: plainAddress(socket.remoteAddress) })
      })
      await listen(server, this.#target, (error) => {
        host.warn(
          isOutOfDescriptors(error)
            ? 'Out of file descriptors: a connection could not be accepted.'
            : `A connection could not be accepted: ${error.message}`,
        )
      })
      this.#server = server
    }
    this.#lastAddress = this.address
  }

  async close(): Promise<void> {
    this.#held?.close()
    this.#held = undefined
    const server = this.#server
    this.#server = undefined
    // Its callback waits for every connection to end, but the port is free at once.
    server?.close()
  }

  toString(): string {
    const { path, host, port } = this.address ?? this.#lastAddress ?? this.#target
    return path ?? (host?.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
  }

  #explain(error: unknown): Error {
    const isPath = this.#target.path !== undefined
    const where = String(this)
    if (isInUse(error)) {
      return new AddressInUseError(
        where,
        isPath
          ? 'Stop it (remove it, if it is a file of another kind), or choose another path: --path=FILE, MARA_PATH=FILE or { path }.'
          : 'Stop it, or choose another port: --port=N, MARA_PORT=N or { port: N }; 0 picks a free one.',
        error,
      )
    }
    const hint = isPath
      ? 'The folder of the path must exist, and this user must be allowed to write to it.'
      : (error as NodeJS.ErrnoException).code === 'EACCES'
        ? 'Ports below 1024 need rights; choose one from 1024 on.'
        : 'The host must be an address of this machine, or a name that stands for one; 0.0.0.0 is all of them.'
    return new ListenError(where, error as NodeJS.ErrnoException, hint)
  }
}

function isInUse(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
}

/** Whether the file is a Unix socket on which nobody listens any more. Any other file is not ours to remove. */
async function isLeftBehind(path: string): Promise<boolean> {
  return (await lstat(path)).isSocket() && !(await isAnswered(path))
}

/** An IPv4 address that came in on an IPv6 socket, as people write it. */
export function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
