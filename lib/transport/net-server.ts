/** A listening socket: TCP or Unix. */
import { lstat, unlink } from 'node:fs/promises'
import net from 'node:net'
import { isOutOfDescriptors } from './descriptors.js'
import { AddressInUseError, ListenError } from './errors.js'
import { addressOf, isAnswered, listen } from './listening.js'
import type { Address, Listening, ServerHost } from './server.js'
import { claim } from './shared-reads.js'

/** Milliseconds of silence after which the system asks whether a peer is still there: what RFC 1122, 4.2.3.6 demands at least. */
const KEEP_ALIVE = 2 * 60 * 60 * 1_000

export class NetServer implements Listening {
  readonly #target: Address
  readonly #bySettings: boolean
  #server: net.Server | undefined

  /** @param bySettings see `listenError`. */
  constructor(target: Address, bySettings = false) {
    this.#target = target
    this.#bySettings = bySettings
  }

  get address(): Address | undefined {
    return this.#server && addressOf(this.#server)
  }

  /** @throws ListenError, AddressInUseError */
  async listen(host: Pick<ServerHost, 'connection' | 'warn'>): Promise<void> {
    try {
      await this.#listen(host)
    } catch (error) {
      const { path } = this.#target
      if (!isInUse(error) || path === undefined || !(await isLeftBehind(path))) throw this.#listenError(error)
      await unlink(path)
      await this.#listen(host).catch((again) => Promise.reject(this.#listenError(again)))
    }
  }

  async #listen(host: Pick<ServerHost, 'connection' | 'warn'>): Promise<void> {
    // Half-open, since a peer that has said its last line still wants to read the answer.
    // One that has vanished without a word, as with its power, would stay connected for ever.
    const options = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE }
    const server = net.createServer(options, (socket) => {
      claim(socket)
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

  #listenError(cause: unknown): Error {
    return listenError(this.#target, cause, this.#bySettings)
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    // Its callback waits for every connection to end, but the port is free at once.
    server?.close()
  }
}

/** An address as people write it. */
export function addressInWords({ path, host, port }: Address): string {
  return path ?? (host?.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
}

/**
 * What the system's error means for who wants to listen.
 *
 * @param cause the system's error.
 * @param bySettings the address is that of the settings, rather than one that the program names.
 */
export function listenError(address: Address, cause: unknown, bySettings: boolean): Error {
  const isPath = address.path !== undefined
  const where = addressInWords(address)
  if (isInUse(cause)) {
    const name = isPath ? 'path' : 'port'
    const stop = isPath ? 'Stop it (remove it, if it is a file of another kind)' : 'Stop it'
    const value = isPath ? 'FILE' : 'N'
    const choose = bySettings
      ? `choose another ${name}: --${name}=${value}, MARA_${name.toUpperCase()}=${value} or { ${name}: ${value} }`
      : `have the program give its server another ${name}`
    return new AddressInUseError(
      where,
      `${stop}, or ${choose}${isPath ? '' : '; 0 picks a free one'}.`,
      cause,
    )
  }
  const { code } = cause as NodeJS.ErrnoException
  const hint = isPath
    ? code === 'ENAMETOOLONG'
      ? 'Choose a shorter one, or one from the working folder on: data/socket.'
      : 'The folder of the path must exist, and this user must be allowed to write to it.'
    : code === 'EACCES'
      ? 'Ports below 1024 need rights; choose one from 1024 on.'
      : 'The host must be an address of this machine, or a name that stands for one; 0.0.0.0 is all of them.'
  return new ListenError(where, cause as NodeJS.ErrnoException, hint)
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
