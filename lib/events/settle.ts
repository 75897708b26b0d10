/**
 * What a handler returned, and whether there is anything in it to await (contract rules 3 and 5).
 */
import { types } from 'node:util'
import { ClientDisconnectedError } from '../client/errors.js'
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
  // What is no promise of the language may have a `then` that returns nothing.
  if (result instanceof Promise) return result
  if (isPromiseLike(result)) return Promise.resolve(result)
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
 * Answers each `yield` of a generator (contract rule 3). Nothing, or the options of a wait, asks for the client's next line;
 * everything else is given back, a promise as what it comes to. An async generator resolves the promises that it yields by
 * itself, so a promise that comes to nothing asks for a line in both kinds.
 *
 * A wait that fails throws at the `yield`: the generator can catch it, and its `finally` blocks run. One that asks for a
 * line again after it was told that the client has gone is ended, since it would ask for ever.
 */
async function drive(
  generator: Generator | AsyncGenerator,
  begun: IteratorResult<unknown> | undefined,
  event: Event,
): Promise<void> {
  let step = begun ?? (await generator.next())
  let told = false
  let ending = false
  while (!step.done) {
    let given: unknown
    try {
      given = await step.value
      if (asksForLine(given)) {
        if (ending) return
        if (told) {
          // Its `finally` may still yield promises, but no line will come.
          ending = true
          step = await generator.return(undefined)
          continue
        }
        given = await nextLine(event, given)
      }
    } catch (error) {
      told ||= hasGone(error, event)
      step = await generator.throw(error)
      continue
    }
    step = await generator.next(given)
  }
}

/** Nothing, or an object with `signal`, `timeout` or both, and no other properties. */
function asksForLine(yielded: unknown): yielded is WaitOptions | undefined {
  if (yielded === undefined) return true
  if (typeof yielded !== 'object' || yielded === null) return false
  const prototype = Object.getPrototypeOf(yielded)
  if (prototype !== Object.prototype && prototype !== null) return false
  const names = Object.keys(yielded)
  return names.length > 0 && names.every((name) => name === 'signal' || name === 'timeout')
}

/** The error says that the event's own client has gone: a handler that lets it escape has just ended (rule 12). */
export function hasGone(error: unknown, event: Event): boolean {
  // Anything can be thrown: asking a Proxy for its class may throw in turn.
  if (types.isProxy(error) || !(error instanceof ClientDisconnectedError)) return false
  const { client } = event as { client?: unknown }
  return error.client === client || error.client === String(client)
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}

function nextLine(event: Event, options: WaitOptions | undefined): Promise<unknown> {
  const { client } = event as { client?: LineSource }
  if (typeof client?.nextLine !== 'function') throw new NoClientError(String(event))
  return client.nextLine(options)
}
