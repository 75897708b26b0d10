/**
 * What a handler gets from elsewhere than its client, such that it is the same when the handler is replayed: it is asked for
 * once, and written down.
 *
 * Outside of handlers of `Connect` and `Receive` these do what they would do without this module; without an angel they keep
 * their rules, and nothing is written down.
 */
import { checkFunction, InvalidOptionError } from '../errors.js'
import { followAlways } from './context.js'
import { type Attempt, currentConversation } from './conversation.js'

// A conversation must be found from deep within it, and only programs that import this pay for that.
followAlways()

/**
 * Does something once, whatever happens to the process: after a restart or a crash its result is what it was.
 *
 * ```ts
 * const account = await step('load account', () => database.find(name))
 * await step('charge card', ({ again }) => shop.charge(order, { onlyIfNotDone: again }))
 * ```
 *
 * A step that a restart or a crash cuts short is begun again, and told so by `again`. A step within another one is a part
 * of it.
 *
 * @param label says what is done; the same for the same step in all versions of the program.
 * @param fn its result must be plain data, as `client.state` is. An error that it throws is kept by name and message.
 * @throws InvalidOptionError without a label or a function; what `fn` throws; StepError where the result could not be restored as it is.
 */
export async function step<T>(label: string, fn: (attempt: Attempt) => T | PromiseLike<T>): Promise<T> {
  if (typeof label !== 'string')
    throw new InvalidOptionError(
      'step()',
      'label',
      label,
      "text that says what is done, such as 'load account'",
    )
  checkFunction('step()', 'fn', fn)
  const conversation = currentConversation()
  return conversation === undefined ? fn({ again: false }) : conversation.step(label, fn)
}

/** The time, in milliseconds since the epoch: for what a handler decides by it. */
export function now(): number {
  return lookUp('now', Date.now)
}

/** A number from 0 up to, but not including, 1. */
export function random(): number {
  return lookUp('random', Math.random)
}

function lookUp(kind: string, look: () => number): number {
  return currentConversation()?.value(kind, look) ?? look()
}
