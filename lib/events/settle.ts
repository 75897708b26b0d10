/**
 * What a handler returned, and whether there is anything in it to await (contract rules 3 and 5).
 */
import type { WaitOptions } from '../wait.js'
import { NoClientError } from './errors.js'
import type { Event } from './event.js'

/** What a generator handler gets its lines from. */
interface LineSource {
  nextLine(options?: WaitOptions): Promise<unknown>
}

/**
 * Starts what is left of a handler that has just returned `result`.
 *
 * @returns a promise for the handler's end; undefined where there is nothing to await, so that a plain function costs
 * no microtask.
 */
export function settle(result: unknown, event: Event): PromiseLike<unknown> | undefined {
  if (typeof result !== 'object' || result === null) return undefined
  if (isPromiseLike(result)) return result
  // The tag tells generators from other iterators, which a handler may return by accident (`() => map.keys()`).
  switch ((result as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]) {
    case 'Generator':
      return driveFromStart(result as Generator, event)
    case 'AsyncGenerator':
      return drive(result as AsyncGenerator, undefined, event)
    default:
      return undefined
  }
}

/** A generator that never yields is as cheap as a function. */
function driveFromStart(generator: Generator, event: Event): Promise<void> | undefined {
  const step = generator.next()
  return step.done ? undefined : drive(generator, step, event)
}

/**
 * Gives a generator the client's next line for each `yield`. What it yields may be an object with `signal` and
 * `timeout`, as for `nextLine`; or a promise, such as a prompt's, and then it gets what that comes to, since a sync
 * generator can't await it. A wait that fails throws at the `yield`, so the generator can catch it, and its `finally`
 * blocks run.
 */
async function drive(
  generator: Generator | AsyncGenerator,
  begun: IteratorResult<unknown> | undefined,
  event: Event,
): Promise<void> {
  let step = begun ?? (await generator.next())
  while (!step.done) {
    let given: unknown
    try {
      given = await (isPromiseLike(step.value) ? step.value : nextLine(event, step.value))
    } catch (error) {
      step = await generator.throw(error)
      continue
    }
    step = await generator.next(given)
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}

function nextLine(event: Event, yielded: unknown): Promise<unknown> {
  const { client } = event as { client?: LineSource }
  if (typeof client?.nextLine !== 'function') throw new NoClientError(String(event))
  return client.nextLine(typeof yielded === 'object' && yielded !== null ? yielded : undefined)
}
