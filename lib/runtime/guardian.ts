/**
 * What a service asks of the process that watches over it (its angel), and what it is asked. The room `angel` has both
 * ends of the wire between the two; here is only what passes over it.
 *
 * The command that starts a program may come from another copy of this package than the program's. They share no module
 * then, so the guardian is found through the global object.
 */
import type net from 'node:net'
import type { Address, HeldListener } from '../transport/server.js'

/** A connection that the guardian holds a copy of. */
export interface Guarded {
  /** Its number with the guardian, which stays over restarts. */
  readonly connection: number
  readonly socket: net.Socket
  /** The listener that it came in on. */
  readonly listener: string
  readonly remoteAddress: string | undefined
}

/** A listening socket of the guardian's. */
export interface GuardedListener extends HeldListener {
  /** What connections that come in on it carry. */
  readonly listener: string
}

/** What a guardian goes by, in milliseconds. */
export interface GuardianSettings {
  readonly heartbeat: number
  readonly readyTimeout: number
  readonly takeOverTimeout: number
  readonly handOverTimeout: number
  readonly stopTimeout: number
  readonly maxConnections: number
  readonly log: boolean | string | readonly string[] | undefined
  readonly logFile: string | undefined
}

/** What a service finds when its time has come. */
export interface Inheritance {
  /** Another process served before. */
  readonly restart: boolean
  /** It died, so what is left is what it had last said. */
  readonly crash: boolean
  /** When it stopped to serve, in milliseconds since the epoch. */
  readonly since: number
  readonly connections: readonly Guarded[]
  readonly kept: ReadonlyMap<string, string>
}

/** How a service has let go. */
export interface HandedOver {
  /** When clients began to wait, in milliseconds since the epoch. */
  readonly since: number
  /** The program has asked for a stop meanwhile: that is for the process that goes on. */
  readonly stop: boolean
}

/** What a guardian asks of the service. */
export interface Ward {
  /**
   * Another process still serves this connection, of which it has left `kept` so far. It will be among those that are
   * inherited, unless it is closed before.
   */
  prepare(connection: Guarded, kept: string): void
  /** A connection has come in while it serves. */
  accept(connection: Guarded): void
  /** Another process is ready: keep everything with the guardian, and let go. */
  handOver(): Promise<HandedOver>
  /** The guardian is to stop, or has gone. */
  stop(): void
}

export interface Guardian {
  readonly version: 1
  /** Takes a service under guard; false where another one of this process is already. */
  claim(ward: Ward, settings: GuardianSettings): boolean
  /**
   * The listening socket for an address.
   *
   * @throws the system's error, with its code.
   */
  listen(target: Address): Promise<GuardedListener>
  /** The service has all but its clients. Resolves when it is to serve. */
  inherit(): Promise<Inheritance>
  /** The inheritance is taken: from now on output may leave. */
  taken(): void
  /** It serves. */
  serving(): void
  /** Leaves a line of text for whoever serves next, in place of what was there under this key; false if it is too long. */
  keep(key: string, text: string): boolean
  forget(key: string): void
  /**
   * Asks for a restart. Resolves when another process is ready to take over.
   *
   * @throws with the reason why none is.
   */
  restart(): Promise<void>
  /**
   * From now on connections are the next process's: those that come are not accepted here, and a socket that is closed
   * here is no client that has gone.
   */
  letGo(): void
  /** The service stops by itself. */
  stopping(): void
  /** The service has stopped, or has not started: it is guarded no longer. */
  release(): void
}

/** Under which key a connection's state is kept. The guardian forgets it by itself when the connection is closed. */
export function connectionKey(connection: number): string {
  return CONNECTION + connection
}

/** The connection of whose state this is the key; undefined for any other key. */
export function connectionOf(key: string): number | undefined {
  return key.startsWith(CONNECTION) ? Number(key.slice(CONNECTION.length)) : undefined
}

const CONNECTION = 'connection:'

const key = Symbol.for('mara-ts.guardian')

interface Holder {
  [key]?: Guardian | undefined
}

/** Whoever watches over this process; undefined where nobody does. */
export function guardian(): Guardian | undefined {
  return (globalThis as Holder)[key]
}

export function guardedBy(guardian: Guardian | undefined): void {
  ;(globalThis as Holder)[key] = guardian
}
