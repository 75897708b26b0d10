/** A service's events as a stream, one buffer for each reader. */
import { systemClock } from '../clock.js'
import { checkMethods, checkNames } from '../errors.js'
import { PostStop, PreRestart, PreStop, Service as ServiceEvent, Suspend } from '../events/catalogue.js'
import type { Event, EventClass } from '../events/event.js'
import type { EventOf } from '../events/typing.js'
import type { Service } from '../service.js'
import { checkSignal, within } from '../wait.js'
import { BoundedBuffer, type WhenFull } from './buffer.js'
import { Stream } from './stream.js'

export interface ReaderOptions {
  /** How many items may wait for the reader; default 256. */
  readonly limit?: number | undefined
  /** What happens when there are more; default 'wait'. */
  readonly whenFull?: WhenFull | undefined
  /** Ends the iteration at once; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: any service will do
export type AnyService = Service<any, any, any>

const DEFAULT_LIMIT = 256
/** Milliseconds that a reader gets at a restart for an item that it has taken. */
const LAST_ITEM = 100

/**
 * Events of a class and its subclasses, from the beginning of the iteration to the end of the service.
 *
 * Each iteration is a reader with a buffer of its own. With `whenFull: 'wait'` it is part of the event's handling: later
 * handlers of the event, and the client's next line, wait until there is room. Events of the service itself never wait.
 *
 * When another process takes over, the reader gets `drain` milliseconds for what its buffer holds. In a crash that is lost.
 *
 * @throws InvalidEventClassError, InvalidOptionError when the iteration begins.
 */
export function events<State, Data extends string | Uint8Array, C extends EventClass>(
  // biome-ignore lint/suspicious/noExplicitAny: whatever settings it has
  service: Service<State, Data, any>,
  eventClass: C,
  options: ReaderOptions = {},
): Stream<EventOf<InstanceType<C>, State, Data>> {
  type Item = EventOf<InstanceType<C>, State, Data>
  return new Stream(() => {
    let finishing: Promise<void> | undefined
    const buffer = openReader<Item>('events()', service, options, (reader) => [
      service.listen(eventClass, ((event: Event) => {
        if (!(event instanceof ServiceEvent)) return reader.push(event as Item)
        reader.force(event as Item)
        return undefined
      }) as never),
      service.listen(PreRestart, () => {
        finishing = undefined
      }),
      // Nothing new comes by then, and what the reader writes still leaves this process. Once, however many servers there are.
      service.listen(Suspend, () => {
        finishing ??= readerFinishes(service, reader)
        return finishing
      }),
      // A service that stops waits for no reader.
      service.listen(PreStop, () => reader.lift()),
      // Behind the first one, which may have to give this very event to the reader.
      service.listen(PostStop, () => reader.end()),
    ])
    return buffer
  })
}

async function readerFinishes(
  service: AnyService,
  reader: { readonly size: number; idle(): Promise<void> },
): Promise<void> {
  // Everybody waits for it. What it does with the last one may be to ask a client for a line, of which none comes any more.
  const patience = reader.size === 0 ? LAST_ITEM : service.settings.drain
  if ((await within(systemClock, patience, reader.idle())) || reader.size === 0) return
  service.log
    .channel('service')
    .warn(
      `A reader of events had not read ${reader.size} of them when another process took over: they are lost`,
    )
}

/**
 * A buffer that is filled by handlers, as long as its reader is there and its signal has not aborted.
 *
 * @param where for messages.
 * @throws InvalidOptionError before anything is listened for.
 */
export function openReader<T>(
  where: string,
  service: AnyService,
  options: ReaderOptions,
  fill: (reader: BoundedBuffer<T>) => readonly (() => void)[],
  onDrop?: (item: T) => void,
): BoundedBuffer<T> {
  checkMethods(where, 'service', service, ['listen'], 'a Service')
  checkNames(where, options, ['limit', 'whenFull', 'signal'])
  const { limit = DEFAULT_LIMIT, whenFull = 'wait', signal } = options
  if (signal !== undefined) checkSignal(where, signal)
  let stops: readonly (() => void)[] = []
  const onAbort = (): void => reader.abort(signal?.reason)
  const onClose = (): void => {
    for (const stop of stops) stop()
    signal?.removeEventListener('abort', onAbort)
  }
  const reader = new BoundedBuffer<T>({ limit, whenFull, onClose, ...(onDrop && { onDrop }) })
  if (signal?.aborted) {
    onAbort()
    return reader
  }
  stops = fill(reader)
  signal?.addEventListener('abort', onAbort, { once: true })
  return reader
}
