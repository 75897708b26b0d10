/**
 * What a service and the edge that holds its connections (its angel) ask of each other. The room `edge` has both ends of
 * the pipe between the two processes; here is only what passes over it.
 *
 * The command that starts a program may come from another copy of this package than the program's. They share no module
 * then, so the port is found through the global object.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { JournalChange } from '../conversation/journal.js'
import type { Divergence } from '../conversation/replay.js'
import type { Connection } from '../transport/connection.js'
import type { HeldListener, ServerDescription } from '../transport/server.js'

/** A connection that the edge holds. */
export interface RelayedConnection extends Connection {
  /** Unique with the edge, and the same over restarts. */
  readonly id: number
  /** The listener that it came in on. */
  readonly listener: string
  readonly remoteAddress: string | undefined
  /** The name of what is spoken on it, where the listener's connections don't all speak the same. */
  readonly protocol: string | undefined
  /** How many workers in a row died while they may have been handling its input. */
  readonly deaths: number
  /** Its peer has ended its side, or it is closed. */
  readonly leaving: boolean
  /** The service has done with it: the edge may forget it. */
  release(): void
}

/** A connection that another worker has served, and what that left of it. */
export interface InheritedConnection {
  readonly connection: RelayedConnection
  /** What `describe` gave there. */
  readonly state: string
  /** When the peer last sent something, in milliseconds since the epoch. */
  readonly lastInput: number
  /** Bytes that came after that, and that the other worker had read. */
  readonly seen: readonly Uint8Array[]
  /** How many items among them its program was given. */
  readonly taken: number
  /** The journal of the conversation that was under way; empty where none was. */
  readonly journal: string
}

/** A listening socket of the edge's. */
export interface EdgeListener extends HeldListener {
  /** What connections that come in on it carry. */
  readonly listener: string
}

/** What the edge goes by while this worker serves; times in milliseconds. */
export interface WorkerSettings {
  readonly heartbeat: number
  readonly readyTimeout: number
  readonly takeOverTimeout: number
  readonly handOverTimeout: number
  readonly stopTimeout: number
  readonly maxConnections: number
  /** Bytes of a connection's input that may wait to be acknowledged. */
  readonly window: number
  /** Bytes of a connection's output that may wait to be taken. */
  readonly maxUnsent: number
  /** How long this worker may be replaced by the one before it, should it fail. */
  readonly probation: number
  /** Whether to keep another worker ready. */
  readonly spareWorker: boolean
  readonly log: boolean | string | readonly string[] | undefined
  readonly logFile: string | undefined
}

/** What a service finds when its time has come. */
export interface Inheritance {
  /** Another worker served before. */
  readonly restart: boolean
  /** It died. */
  readonly crash: boolean
  /** When it stopped to serve, in milliseconds since the epoch. */
  readonly since: number
  /** The service is to stop as soon as it serves. */
  readonly stop: boolean
  /** Another worker serves, and goes on: what is here are copies, to be tried out and thrown away. */
  readonly preflight: boolean
  readonly connections: readonly InheritedConnection[]
  readonly kept: ReadonlyMap<string, string>
}

/** How a service has let go. */
export interface HandedOver {
  /** When clients began to wait, in milliseconds since the epoch. */
  readonly since: number
  /** The program has asked for a stop meanwhile: that is for the worker that goes on. */
  readonly stop: boolean
  /**
   * It could take everything back, should the next worker fail: nothing of it works any more. If not, the process ends at
   * once, since two must not do the same work.
   */
  readonly standby: boolean
}

/** What is to be remembered of a connection after a turn. */
export interface Description {
  /** How many items its program has been given in all. */
  readonly taken: number
  /** `state` says all that there is to say of the input so far: none of it will be needed again. */
  readonly complete: boolean
  /** A handler is at work on its input. */
  readonly busy: boolean
  /** In place of the last one; undefined where it is still true. */
  readonly state: string | undefined
  /** What is new in the conversation's journal; undefined where nothing is. */
  readonly journal: JournalChange | undefined
}

/** A conversation that the next version could not go on with. */
export interface DivergenceReport extends Divergence {
  readonly client: string
  readonly event: string
  readonly handler: string
  /** The line that the handler was given, as far as it is of use; undefined where there is none, or it was typed hidden. */
  readonly line?: string | undefined
}

/** What the edge asks of the service. */
export interface EdgeClient {
  /**
   * What the service would find, were it to serve now; it comes before `inherit` resolves, perhaps more than once. Another
   * worker serves meanwhile. What has not changed when the time comes is the same object then.
   *
   * @returns a promise that resolves when it is prepared.
   */
  prepare(connections: readonly InheritedConnection[]): Promise<void>
  /** A connection has come in while it serves. */
  accept(connection: RelayedConnection): void
  /** @param all whether the description must be complete, whatever that takes. */
  describe(connection: RelayedConnection, all: boolean): Description
  /**
   * There is something for the edge that no turn of the executor's has brought. `EdgePort.endTurn` follows, once all that
   * was written so far is there: what becomes of a client must never leave before what the client was told.
   */
  endTurn(): void
  /** Whose conversation has begun the work that ends the process, where that is known. @param error what was thrown, if anything. */
  culprit(error: unknown): RelayedConnection | undefined
  /** Another worker is ready: let go of everything. `leave` or `takeBack` follows. */
  handOver(): Promise<HandedOver>
  /** The other worker serves, and has come to stay. */
  leave(): void
  /** The other worker has failed: go on. */
  takeBack(inheritance: Inheritance): void
  /** The edge is to stop, or has gone. */
  stop(): void
}

export interface EdgePort {
  /** Seals what was typed hidden. Known when `inherit` resolves. */
  readonly key: Uint8Array
  /** This process is only tried out, and will never serve. Known when `listen` resolves. */
  readonly trial: boolean
  /** False where another service of this process has it already. */
  claim(client: EdgeClient, settings: WorkerSettings): boolean
  /**
   * Has the edge listen for a server.
   *
   * @throws the system's error, with its code.
   */
  listen(description: ServerDescription): Promise<EdgeListener>
  /** The service has all but its clients. Resolves when it is to serve. */
  inherit(): Promise<Inheritance>
  /** What would become of the conversations that `inherit` gave as copies; the process is ended after that. */
  preflighted(divergences: readonly DivergenceReport[]): void
  /** It serves. */
  serving(): void
  /**
   * Says, before it happens, that input is handled which may be the reason why a worker has died; and afterwards that all
   * went well.
   */
  handling(connection: RelayedConnection, done: boolean): void
  /** It was brought to where it was, and waits for its turn: neither at work nor cleared. */
  handlingLater(connection: RelayedConnection): void
  /**
   * Sends all that has been done since the last turn; the edge does it whole or not at all.
   *
   * @returns a promise where so much is on its way that nobody is to be served before it resolves.
   */
  endTurn(): Promise<void> | undefined
  /** Leaves text with the edge, in place of what was there under this key; false where it is too long. */
  keep(key: string, text: string): boolean
  forget(key: string): void
  /**
   * Asks for a restart. Resolves when another worker is ready to take over.
   *
   * @throws with the reason why none is.
   */
  restart(): Promise<void>
  /** The service stops by itself. */
  stopping(): void
  /** The service has stopped, or has not started. */
  release(): void
}

const key = Symbol.for('mara-ts.edge')
const scopeKey = Symbol.for('mara-ts.edge.scope')

interface Holder {
  [key]?: EdgePort | undefined
  /** There is none but in tests. */
  [scopeKey]?: AsyncLocalStorage<EdgePort>
}

/** The edge of this process, or of what runs here within `withEdgePort`; undefined where it has its sockets itself. */
export function edgePort(): EdgePort | undefined {
  const holder = globalThis as Holder
  return holder[scopeKey]?.getStore() ?? holder[key]
}

export function setEdgePort(port: EdgePort | undefined): void {
  ;(globalThis as Holder)[key] = port
}

/** What `fn` starts has this edge, and nothing else in the process: for plays in memory, beside which other services start. */
export function withEdgePort<T>(port: EdgePort, fn: () => T): T {
  const holder = globalThis as Holder
  holder[scopeKey] ??= new AsyncLocalStorage()
  return holder[scopeKey].run(port, fn)
}
