/**
 * The other end: a connection to a service, of this program or of another, as an async iterable of its lines.
 *
 * ```ts
 * await using server = await connect({ port: 9000 })
 * server.write('ann')
 * for await (const line of server) console.log(line)
 * ```
 */
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { Client } from './client/client.js'
import { type Clock, systemClock } from './clock.js'
import { TimeoutError } from './errors.js'
import { defaultLimits } from './limits.js'
import { bytes, lines } from './protocol/index.js'
import { Executor } from './runtime/executor.js'
import type { Service } from './service.js'
import { DuplexConnection } from './transport/duplex.js'
import { ConnectError } from './transport/errors.js'
import { memoryPair } from './transport/memory.js'
import { checkMilliseconds, quietly, type WaitOptions } from './wait.js'

/** Where to connect to: a TCP port, a Unix socket, or a service of this program, to which a pair in memory leads. */
export type ConnectTarget =
  | { readonly port: number; readonly host?: string }
  | { readonly path: string }
  // biome-ignore lint/suspicious/noExplicitAny: any service will do
  | Service<any, any, any>

export interface ConnectOptions extends WaitOptions {
  /** Chunks of bytes in place of lines. */
  readonly raw?: boolean
  /** Strip control characters from lines; off unless said otherwise, since a service may send colours. */
  readonly sanitize?: boolean
  /** What its waits go by; the system's unless said otherwise. */
  readonly clock?: Clock
}

/**
 * A service as its clients see it. When the service ends the connection, it is closed from this side, too; lines that
 * have come before can still be read.
 */
export class Connection<Data extends string | Uint8Array = string> extends Client<
  Record<string, unknown>,
  Data
> {
  /** Closes it: `await using server = await connect(...)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

const executor = new Executor()
let lastId = 0

/**
 * Connects to a service.
 *
 * @throws ConnectError when nobody answers, TimeoutError, the signal's reason, or InvalidOptionError.
 */
export function connect(
  target: ConnectTarget,
  options: ConnectOptions & { raw: true },
): Promise<Connection<Uint8Array>>
export function connect(target: ConnectTarget, options?: ConnectOptions): Promise<Connection>
export function connect(
  target: ConnectTarget,
  options: ConnectOptions = {},
): Promise<Connection<string> | Connection<Uint8Array>> {
  return quietly(open(target, options))
}

async function open(target: ConnectTarget, options: ConnectOptions): Promise<Connection> {
  const { raw = false, sanitize = false, clock = systemClock, signal } = options
  const { timeout = Number.POSITIVE_INFINITY } = options
  checkMilliseconds('connect()', 'timeout', timeout)
  signal?.throwIfAborted()
  const duplex = 'accept' in target ? inMemory(target) : await dial(target, clock, timeout, signal)
  lastId += 1
  return new Connection({
    id: lastId,
    connection: new DuplexConnection(duplex),
    protocol: raw ? bytes : lines,
    settings: { executor, clock, limits: defaultLimits, sanitize, closeAtEnd: true },
    remoteAddress: duplex instanceof net.Socket ? duplex.remoteAddress : undefined,
  })
}

// biome-ignore lint/suspicious/noExplicitAny: any service will do
function inMemory(service: Service<any, any, any>): Duplex {
  const [ours, theirs] = memoryPair()
  service.accept(theirs)
  return ours
}

function dial(
  target: { port: number; host?: string } | { path: string },
  clock: Clock,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  const where = 'path' in target ? target.path : `${target.host ?? '127.0.0.1'}:${target.port}`
  const socket = net.connect({ host: '127.0.0.1', ...target, allowHalfOpen: true, noDelay: true })
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clock.clearTimeout(alarm)
      signal?.removeEventListener('abort', onAbort)
      socket.off('error', onError)
    }
    const giveUp = (reason: unknown): void => {
      settle()
      socket.destroy()
      reject(reason)
    }
    const onAbort = (): void => giveUp(signal?.reason)
    const onError = (error: NodeJS.ErrnoException): void => giveUp(new ConnectError(where, error))
    const onTimeout = (): void => giveUp(new TimeoutError(`Connecting to ${where}`, timeout))
    const alarm = clock.setTimeout(onTimeout, timeout)
    signal?.addEventListener('abort', onAbort, { once: true })
    socket.once('error', onError)
    socket.once('connect', () => {
      settle()
      resolve(socket)
    })
  })
}
