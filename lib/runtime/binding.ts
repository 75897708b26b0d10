/** One call of `listen`: a handler and the class of events that it is for. */
import type { Event, EventClass } from '../events/event.js'
import type { StepWatch } from '../events/handler.js'

export interface Binding {
  readonly eventClass: EventClass
  /** What the program registered. */
  readonly handler: unknown
  /** Starts it on an event; gives what is left to await, if anything. */
  readonly start: (
    event: Event,
    args: readonly unknown[],
    watch?: StepWatch,
  ) => PromiseLike<unknown> | undefined
}
