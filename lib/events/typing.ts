/** The types by which `listen` tells a handler what its event is, in a service with its own state and data. */
import type { AnyClient, Client } from '../client/client.js'
import type { Receive } from './catalogue.js'
import type { EventClass } from './event.js'
import type { Handler, HandlerClass } from './handler.js'

/**
 * An event of class `E` as handlers of a `Service<State, Data>` see it: its client carries that state and data.
 *
 * What is known here stands before `E`, so that of each method the more exact signature is found first.
 */
export type EventOf<E, State, Data extends string | Uint8Array> = E extends { client: AnyClient }
  ? { client: Client<State, Data> } & (E extends Receive<unknown, string | Uint8Array>
      ? { data: Data }
      : unknown) &
      E
  : E

/**
 * Everything that can handle an event (contract rule 3): a function or generator function, sync or async; a class that
 * extends `Handler`, or an instance of one.
 */
export type HandlerOf<C extends EventClass, State, Data extends string | Uint8Array> =
  // biome-ignore lint/suspicious/noExplicitAny: `trigger` passes on whatever arguments it gets
  ((event: EventOf<InstanceType<C>, State, Data>, ...args: any[]) => unknown) | HandlerClass | Handler
