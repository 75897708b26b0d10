/**
 * The other end: a connection to a service, of this program or of another, as an async iterable of its lines.
 *
 * ```ts
 * await using server = await connect({ port: 9000 })
 * server.write('ann')
 * for await (const line of server) console.log(line)
 * ```
 */
import type net from 'node:net'
import type { Duplex } from 'node:stream'
import { Client } from '../client/client.js'
import { type Clock, checkClock, systemClock } from '../clock.js'
import { checkNames, checkObject, InvalidOptionError } from '../errors.js'
import { defaultLimits } from '../limits.js'
import { Counters } from '../observability/counters.js'
import { bytes } from '../protocol/index.js'
import { Executor } from '../runtime/executor.js'
import { DuplexConnection } from '../transport/duplex.js'
import { memoryPair } from '../transport/memory.js'
import { checkMilliseconds, checkSignal, quietly, type WaitOptions } from '../wait.js'
import { Connection } from './connection.js'
import { addressOf, dial, type SocketTarget } from './dial.js'
import type { WebSocketTarget } from './dial-websocket.js'
import { clientTelnet, type TerminalInfo } from './telnet-options.js'

/** Whatever takes one end of a connection in memory, as a `Service` does. */
export interface Acceptor {
  accept(duplex: Duplex): unknown
}

/**
 * Where to connect to: a TCP port or a Unix socket, with or without TLS, a WebSocket, or a service of this program, to
 * which a pair in memory leads. Options may stand beside a port, a path or a URL.
 */
export type ConnectTarget = ((SocketTarget | WebSocketTarget) & ConnectOptions) | Acceptor

/** `signal` and `timeout` are about connecting. */
export interface ConnectOptions extends WaitOptions {
  /** Chunks of bytes in place of lines, without telnet. */
  readonly raw?: boolean | undefined
  /** Strip control characters from text; off unless said otherwise, since a service may send colours. */
  readonly sanitize?: boolean | undefined
  /** Whether telnet is answered, and taken out of the text; true unless said otherwise. */
  readonly telnet?: boolean | undefined
  /** What is told to a service that asks for the terminal. */
  readonly terminal?: TerminalInfo | undefined
  /** What its waits go by; the system's unless said otherwise. */
  readonly clock?: Clock | undefined
}

/** What a target has, one of them. */
const TARGETS = ['accept', 'port', 'path', 'url']
export const CONNECT_OPTIONS = ['terminal', 'clock', 'signal', 'timeout']
export const CONNECT_SWITCHES = ['raw', 'sanitize', 'telnet']
/** What an address has; the last two are in what `server.address()` of Node gives. */
const ADDRESS = ['port', 'host', 'path', 'url', 'tls', 'address', 'family']

const executor = new Executor()
/** Here it is the program that writes, and not a crowd: it may write as much as it likes, and waits by `flush()`. */
const limits = { ...defaultLimits, maxUnsentBytes: Number.POSITIVE_INFINITY }
/** Nobody asks for them. */
const counters = new Counters()
let lastId = 0

/**
 * Connects to a service.
 *
 * @throws ConnectError when nobody answers, TlsConnectError, TimeoutError, the signal's reason, or InvalidOptionError.
 */
export function connect(
  target: ((SocketTarget | WebSocketTarget) & ConnectOptions & { raw: true }) | Acceptor,
  options: ConnectOptions & { raw: true },
): Promise<Connection<Uint8Array>>
export function connect(
  target: (SocketTarget | WebSocketTarget) & ConnectOptions & { raw: true },
  options?: ConnectOptions,
): Promise<Connection<Uint8Array>>
export function connect(
  target: ConnectTarget,
  options: ConnectOptions & { raw: true },
): Promise<Connection<Uint8Array>>
export function connect(target: ConnectTarget, options?: ConnectOptions): Promise<Connection>
export function connect(
  target: ConnectTarget,
  options: ConnectOptions = {},
): Promise<Connection<string> | Connection<Uint8Array>> {
  if (typeof target !== 'object' || target === null || !TARGETS.some((name) => name in target)) {
    const expected = 'a service, or an object that has a port, a path or a url'
    return quietly(Promise.reject(new InvalidOptionError('connect()', 'target', target, expected)))
  }
  if (typeof options !== 'object' || options === null) {
    const expected = 'an object such as { timeout: 60_000 }'
    return quietly(Promise.reject(new InvalidOptionError('connect()', 'options', options, expected)))
  }
  try {
    checkNames('connect()', options, CONNECT_OPTIONS, CONNECT_SWITCHES)
    // A service, or whatever takes connections, has names of its own.
    if (!('accept' in target))
      checkNames('connect()', target, [...ADDRESS, ...CONNECT_OPTIONS], CONNECT_SWITCHES)
  } catch (error) {
    return quietly(Promise.reject(error))
  }
  if ('accept' in target) return quietly(open(target, options))
  const given = withoutUndefined(target)
  // Where no target is left, the one that is undefined is to be told of.
  const named = TARGETS.some((name) => name in given) ? given : target
  return quietly(open(named, { ...given, ...withoutUndefined(options) }))
}

/** An option that is undefined says nothing, and hides none that stands beside the port; nor is such a target one. */
function withoutUndefined<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options
}

async function open(target: ConnectTarget, options: ConnectOptions): Promise<Connection> {
  const { clock = systemClock, signal, timeout = Number.POSITIVE_INFINITY } = options
  checkMilliseconds('connect()', 'timeout', timeout)
  checkClock('connect()', clock)
  if (signal !== undefined) checkSignal('connect()', signal)
  const { terminal } = options
  if (terminal !== undefined) {
    checkObject('connect()', 'terminal', terminal, "an object such as { type: 'xterm', columns: 80 }")
  }
  signal?.throwIfAborted()
  if ('accept' in target) return connectionOver(inMemory(target), 'the service', options)
  const duplex = await dial(target, clock, timeout, signal)
  // Messages of text have no telnet around them.
  return connectionOver(duplex, addressOf(target), 'url' in target ? { ...options, telnet: false } : options)
}

/** The client's end of a connection that is there already. @param where it leads, for messages. */
export function connectionOver(duplex: Duplex, where: string, options: ConnectOptions): Connection {
  const { raw = false, sanitize = false, telnet = true, clock = systemClock, terminal } = options
  lastId += 1
  const client = new Client<unknown, Uint8Array>({
    id: lastId,
    connection: new DialledConnection(duplex),
    protocol: bytes,
    settings: { executor, clock, counters, limits, sanitize, closeAtEnd: true },
    remoteAddress: (duplex as Partial<net.Socket>).remoteAddress,
  })
  return new Connection({
    where,
    client,
    raw,
    sanitize,
    clock,
    telnet: telnet && !raw ? clientTelnet(terminal) : undefined,
  })
}

/**
 * A service does not read from a client that takes no output; were it the same here, both would wait for each other for
 * ever. So this end always reads on, however much of its own is unsent: nothing is ever said to be stuck.
 */
class DialledConnection extends DuplexConnection {
  override write(data: string | Uint8Array, length?: number): boolean {
    super.write(data, length)
    return true
  }
}

function inMemory(service: Acceptor): Duplex {
  const [ours, theirs] = memoryPair()
  service.accept(theirs)
  return ours
}
