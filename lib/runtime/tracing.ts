/** The handlers of an event while somebody traces the service: each tells of its run. */
import { Client } from '../client/client.js'
import { isRepeated } from '../conversation/context.js'
import type { Event } from '../events/event.js'
import { hasGone } from '../events/settle.js'
import { type EventMessage, eventChannel, traceHandler } from '../observability/channels.js'
import type { Binding } from './binding.js'
import { nameOfHandler } from './handler-name.js'

/**
 * Tells of an event, and gives its bindings such that each tells of its handler.
 *
 * @param replayed the place of the handler that another process has run before, if one has.
 */
export function traced(
  bindings: readonly Binding[],
  event: Event,
  replayed: number | undefined,
): readonly Binding[] {
  const message: EventMessage = { event: event.constructor.name, client: clientOf(event) }
  const isAgain = isRepeated()
  // One that has come in another process was told of there.
  if (replayed === undefined && !isAgain) eventChannel.publish(message)
  return bindings.map((binding, i) => ({
    ...binding,
    start: (...args: Parameters<Binding['start']>) =>
      traceHandler(
        { event: message, handler: nameOfHandler(binding.handler), replayed: isAgain || i === replayed },
        () => binding.start(...args),
        (error) => !hasGone(error, event),
      ),
  }))
}

function clientOf(event: Event): number | undefined {
  const { client } = event as { client?: unknown }
  return client instanceof Client ? client.id : undefined
}
