/** Where the events of clients go, and the running of their handlers to the end. */
import type { Event, EventClass } from '../events/event.js'
import type { Flights } from '../observability/tallies.js'
import type { HandlerRuns } from './dispatcher.js'

/** See `EventHub`. */
export interface SessionEvents {
  /** Runs an event's handlers, and passes on what they throw; undefined where none has anything to await. */
  dispatch(
    event: Event,
    args?: readonly unknown[],
    rerun?: undefined,
    runs?: HandlerRuns,
  ): PromiseLike<unknown> | undefined
  /** Where whoever dispatches events of a class counts those that are in flight. */
  flights(eventClass: EventClass): Flights
  /** A handler of the event has thrown. Never rejects. */
  failed(event: Event, error: unknown): PromiseLike<unknown> | undefined
}

/** Runs an event's handlers to their end, whatever they do. @returns undefined where they have come to it. Never rejects. */
export function handle(event: Event, events: SessionEvents): Promise<void> | undefined {
  const flights = events.flights(event.constructor as EventClass)
  flights.count += 1
  let pending: PromiseLike<unknown> | undefined
  try {
    pending = events.dispatch(event)
  } catch (error) {
    pending = Promise.reject(error)
  }
  if (pending !== undefined) return whenDone(event, events, pending, flights)
  flights.count -= 1
  return undefined
}

/** Waits for an event's handlers, whatever they do. */
async function whenDone(
  event: Event,
  events: SessionEvents,
  pending: PromiseLike<unknown>,
  flights: Flights,
): Promise<void> {
  try {
    await pending
    flights.count -= 1
  } catch (error) {
    flights.count -= 1
    await events.failed(event, error)
  }
}
