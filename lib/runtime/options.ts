/** What a service is made and started with. */
import type { z } from 'zod'
import type { Clock } from '../clock.js'
import type { ProtocolOptions } from '../protocol/index.js'
import type { NoExtra, Settings, SettingsInput } from '../settings/index.js'
import type { TelnetOption } from '../telnet/index.js'
import type { ServiceTexts } from '../texts.js'
import type { ConnectionInfo, Server } from '../transport/server.js'

/** What an untyped service's `client.state` is. */
// biome-ignore lint/suspicious/noExplicitAny: a program that gives no type to its state may put anything there
export type AnyState = Record<string, any>

export interface ServiceOptions<Extra extends z.ZodRawShape = NoExtra> {
  /** The program's own settings, as zod schemas by name; they join the core ones. */
  readonly settings?: Extra | undefined
  /** Where time comes from; a fake one in tests. */
  readonly clock?: Clock | undefined
  /**
   * Its connections are this process's own, and end with it: an angel does not look after them. So it may run beside the
   * service that an angel does look after, of which a process has one.
   */
  readonly standalone?: boolean | undefined
  /** All telnet options that are spoken, such as `[...defaultOptions, gmcp]` of `mara-ts/telnet`. */
  readonly telnetOptions?: readonly TelnetOption[] | undefined
  /** What it says to clients by itself, where it is to be said in other words; an empty text says nothing. */
  readonly texts?: Partial<ServiceTexts> | undefined
}

/** Servers, or a function that makes them of the settings in force. */
export type Servers<Extra extends z.ZodRawShape = NoExtra> =
  | readonly Server[]
  | ((settings: Settings<Extra>) => readonly Server[])

/** What `start` takes: settings, and servers in place of the one that `port` and `host` or `path` describe. */
export type StartOptions<Extra extends z.ZodRawShape = NoExtra> = SettingsInput<Extra> & {
  readonly servers?: Servers<Extra> | undefined
}

/** What is known of a connection that `accept` gets, and what is spoken on it. */
export interface AcceptOptions extends ConnectionInfo, ProtocolOptions {}

export interface StopOptions {
  /** Milliseconds that handlers get to finish; the setting `drain` unless said otherwise. */
  readonly drain?: number | undefined
}
