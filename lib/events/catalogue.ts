/**
 * The events that a service triggers by itself (contract rule 7), in the order in which a life meets them.
 */
import type { AnyClient, Client as ClientObject } from '../client/client.js'
import type { LimitName } from '../limits.js'
import type { TelnetEvent } from '../telnet/index.js'
import type { Server as ServerObject } from '../transport/server.js'
import { Event } from './event.js'

// --- The service's life

/** Base of what happens to a service as a whole. */
export class Service extends Event {}

/** Settings are collected and the logger is ready; there is no server yet. */
export class PreStart extends Service {
  static override readonly description: string = 'Service starting'
}

/** Every server listens. */
export class PostStart extends Service {
  static override readonly description: string = 'Service started'
}

/** The last moment to write to clients: what is written here is flushed. */
export class PreStop extends Service {
  static override readonly description: string = 'Service stopping'
}

/** All sockets are closed; `run()` is about to return. */
export class PostStop extends Service {
  static override readonly description: string = 'Service stopped'
}

/** The angel has agreed to a restart; nothing has been flushed or suspended yet. */
export class PreRestart extends Service {
  static override readonly description: string = 'Service restarting'
}

/** In the new process, right after `PostStart`: clients and stores are back. */
export class PostRestart extends Service {
  static override readonly description: string = 'Service restarted'
  /** The old process died. Stored objects that it had changed and not saved may be as they were up to `snapshotEvery` before. */
  declare crash: boolean
  /** Milliseconds for which clients waited. */
  declare downtime: number

  constructor(properties: { crash: boolean; downtime: number }) {
    super(properties)
  }
}

// --- Its servers

/** Base of what happens to one server. */
export class Server extends Event {
  declare server: ServerObject

  constructor(properties: { server: ServerObject }) {
    super(properties)
  }

  override toString(): string {
    return `${super.toString()}: ${this.server}`
  }
}

/** The socket is open; comes between `PreStart` and `PostStart`. */
export class ListenStart extends Server {
  static override readonly description: string = 'Listening'
}

/** The socket is closed. */
export class ListenStop extends Server {
  static override readonly description: string = 'No longer listening'
}

/** The server has stopped reading, to hand its clients to a new process. */
export class Suspend extends Server {
  static override readonly description: string = 'Suspended'
}

// --- Its clients

/** What every event of a client carries besides its own properties; filled as `EventContext` is. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface ClientEventContext {}

// biome-ignore lint/correctness/noUnusedVariables: merged with the class below
export interface Client<State = unknown, Data extends string | Uint8Array = string>
  extends ClientEventContext {}

/** Base of what happens to one client. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the merged interface has only what programs add
export class Client<State = unknown, Data extends string | Uint8Array = string> extends Event<{
  client: ClientObject<State, Data>
}> {
  declare client: ClientObject<State, Data>

  override toString(): string {
    return `${super.toString()}: ${this.client}`
  }
}

/** A client has connected; its handlers may already ask it for lines. */
export class Connect<State = unknown, Data extends string | Uint8Array = string> extends Client<State, Data> {
  static override readonly description: string = 'Client connected'
  /** A restart or a crash has cut its handlers short, and they begin again: what they did may have been done already. */
  declare again: boolean

  constructor(properties: { client: ClientObject<State, Data>; again?: boolean }) {
    super(properties)
    this.again = properties.again ?? false
  }
}

/** A line that no handler has asked for; in raw mode a chunk of bytes. */
export class Receive<State = unknown, Data extends string | Uint8Array = string> extends Client<State, Data> {
  static override readonly description: string = 'Client sent'
  /** The line without its ending, or the chunk exactly as it came (contract rule 14). */
  declare data: Data
  /** As for `Connect`. */
  declare again: boolean
  readonly #hidden: boolean

  /** @param properties `hidden`: the data may have been typed hidden, so it is not part of the event's text. */
  constructor(properties: {
    client: ClientObject<State, Data>
    data: Data
    hidden?: boolean
    again?: boolean
  }) {
    // Not handed on, but for a program's own class: each line pays for an event, and to copy what these are costs more than
    // to set them.
    super((new.target === Receive ? undefined : properties) as never)
    this.client = properties.client
    this.data = properties.data
    this.again = properties.again ?? false
    this.#hidden = properties.hidden ?? false
  }

  /** 'Client sent "hello": Client #1'; never what was typed hidden. */
  override toString(): string {
    const { description } = this.constructor as typeof Receive
    return `${description} ${this.#hidden ? '(hidden)' : show(this.data)}: ${this.client}`
  }
}

/** Characters of a line that its event's text shows. */
const SHOWN = 200

function show(data: string | Uint8Array): string {
  if (typeof data !== 'string') return `${data.length} bytes`
  return data.length <= SHOWN ? JSON.stringify(data) : `${JSON.stringify(data.slice(0, SHOWN))}...`
}

/** Input that ended the process twice, and is not handled a third time. The client has been told. */
export class InputDropped<State = unknown, Data extends string | Uint8Array = string> extends Client<
  State,
  Data
> {
  static override readonly description: string = 'Input dropped, since it ended the process twice'
  /** The line or chunk. It may have been typed hidden. */
  declare data: Data

  constructor(properties: { client: ClientObject<State, Data>; data: Data }) {
    super(properties)
  }
}

/** The client is gone; triggered exactly once, and last (contract rule 12). */
export class Disconnect<State = unknown, Data extends string | Uint8Array = string> extends Client<
  State,
  Data
> {
  static override readonly description: string = 'Client disconnected'
}

// --- What clients say in telnet

/**
 * Base of what a client says in telnet, and the class itself for all that has no subclass here. It comes as soon as it
 * is read, whatever the client's handlers are doing.
 */
export class Telnet extends Client {
  /** What it said: see `TelnetEvent`. */
  declare telnet: TelnetEvent

  constructor(properties: { client: AnyClient; telnet: TelnetEvent }) {
    super(properties as never)
  }

  override toString(): string {
    return `${super.toString()}: ${this.telnet.type}`
  }
}

/** The client's window has another size; undefined where it is unknown. */
export class Resize extends Telnet {
  static override readonly description: string = 'Window resized'
  declare columns: number | undefined
  declare rows: number | undefined

  constructor(properties: { client: AnyClient; telnet: Extract<TelnetEvent, { type: 'resize' }> }) {
    super(properties)
    this.columns = properties.telnet.columns
    this.rows = properties.telnet.rows
  }
}

/** Ctrl-C: as the telnet command IP, or as a key. */
export class Interrupt extends Telnet {
  static override readonly description: string = 'Interrupt'
}

/** Ctrl-D: as the telnet command EOF, or as a key at the beginning of a line. */
export class EndOfFile extends Telnet {
  static override readonly description: string = 'End of file'
}

// --- Trouble

/** A handler threw (contract rule 6). Its own handlers' errors are logged only. */
export class HandlerError extends Event {
  static override readonly description: string = 'Handler failed'
  /** The event that was being handled. */
  declare event: Event
  /** The function, class or instance that was listening. */
  declare handler: unknown
  /** What it threw: anything that can be thrown. */
  declare error: unknown

  constructor(properties: { event: Event; handler: unknown; error: unknown }) {
    super(properties)
  }
}

/** A peer met a limit, and what the limit says was done (contract rule 19). */
export class LimitExceeded extends Event {
  /** Which limit: the name of its setting. */
  declare limit: LimitName
  /** The setting's value: lines, bytes, replies a second, connections, or milliseconds. */
  declare max: number
  /** Who met it; not there for a connection that was turned away. */
  declare client: AnyClient | undefined
  /** The address of a connection that was turned away. */
  declare remoteAddress: string | undefined

  constructor(properties: {
    limit: LimitName
    max: number
    client?: AnyClient | undefined
    remoteAddress?: string | undefined
  }) {
    super(properties)
  }

  override toString(): string {
    return `Limit ${this.limit} (${this.max}) exceeded by ${this.client ?? this.remoteAddress ?? 'a peer'}`
  }
}
