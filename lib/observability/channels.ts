/**
 * What a service tells those who trace it, by Node's `diagnostics_channel`: each event, and each run of a handler. The
 * names are public. Nothing that is published holds a line or an event: tracers write what they get into files and send it
 * elsewhere.
 */
import { channel, tracingChannel } from 'node:diagnostics_channel'

/** Published on `mara:event` before the event's handlers run. */
export interface EventMessage {
  /** The name of the event's class, such as 'Receive'. */
  readonly event: string
  /** The id of the client that it is about; undefined where it is about none. */
  readonly client: number | undefined
}

/**
 * Published on the channels of `tracingChannel('mara:handler')`: `start` and `end` around what the handler does before it
 * first awaits; `asyncStart` and `asyncEnd` when it has ended, if it awaited anything; `error` when it failed. It is the
 * same object each time.
 */
export interface HandlerMessage {
  /** What it handles: the object that was published on `mara:event`. */
  readonly event: EventMessage
  /** The own name of its function or class, which may be empty. */
  readonly handler: string
  /** Another process has run it up to where it waits, and here it is brought to the same place. */
  readonly replayed: boolean
  /** On `error` and after: what it threw. */
  error?: unknown
}

export const eventChannel = channel('mara:event')
const handlerChannels = tracingChannel<unknown, HandlerMessage>('mara:handler')

/** Whether anybody listens. */
export function isTraced(): boolean {
  return eventChannel.hasSubscribers || handlerChannels.hasSubscribers
}

/**
 * Runs a handler, and tells of it.
 *
 * @param start starts it, and gives what is left to await.
 * @param isFailure whether what it throws is more than the end of its client.
 */
export function traceHandler(
  message: HandlerMessage,
  start: () => PromiseLike<unknown> | undefined,
  isFailure: (error: unknown) => boolean,
): PromiseLike<unknown> | undefined {
  const failed = (error: unknown): void => {
    if (!isFailure(error)) return
    message.error = error
    handlerChannels.error.publish(message)
  }
  // Whatever a tracer has bound to the channel (its current span) is there for all that the handler does.
  return handlerChannels.start.runStores(message, () => {
    try {
      const pending = start()
      return pending && untilEnded(pending, message, failed)
    } catch (error) {
      failed(error)
      throw error
    } finally {
      handlerChannels.end.publish(message as never)
    }
  })
}

async function untilEnded(
  pending: PromiseLike<unknown>,
  message: HandlerMessage,
  failed: (error: unknown) => void,
): Promise<unknown> {
  try {
    return await pending
  } catch (error) {
    failed(error)
    throw error
  } finally {
    handlerChannels.asyncStart.publish(message as never)
    handlerChannels.asyncEnd.publish(message as never)
  }
}
