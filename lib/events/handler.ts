/**
 * Handlers as classes: a flow in named steps, which subclasses can add to, replace and reorder (contract rules 8
 * and 9).
 */
import type { Event } from './event.js'
import { settle } from './settle.js'

/** One step of a handler: any kind of function that could be a handler itself. */
// biome-ignore lint/suspicious/noExplicitAny: steps of all events stand in one list
export type HandlerStep = (this: any, event: any, ...args: any[]) => unknown

/**
 * A handler whose methods named `handler_...` run one after another, in the order of their names.
 *
 * ```ts
 * class Login extends Handler<events.Connect> {
 *   async handler_10_name({ client }: events.Connect) { ... }
 *   async handler_20_greet({ client }: events.Connect) { ... }
 * }
 * service.listen(events.Connect, Login)
 * ```
 *
 * Every event gets an object of its own, so fields hold what belongs to one conversation.
 */
export abstract class Handler<E extends Event = Event> {
  /** The event that is being handled. */
  declare event: E
  /** The steps still to run, first first: an array to edit, or to replace. */
  declare handlers: HandlerStep[]

  /** All steps in their order. Override it to choose others. */
  getHandlers(): HandlerStep[] {
    const steps = this as unknown as Record<string, HandlerStep>
    return stepNames(this).map((name) => steps[name] as HandlerStep)
  }
}

/** A concrete class of handlers. */
export type HandlerClass = new () => Handler

const PREFIX = 'handler_'

/** Names of the object's steps, its own and inherited ones, in the order of their code units. */
function stepNames(handler: object): string[] {
  const names = new Set<string>()
  for (let part = handler; part !== Handler.prototype && part !== null; part = Object.getPrototypeOf(part)) {
    for (const name of Object.getOwnPropertyNames(part)) {
      if (name.startsWith(PREFIX) && typeof Reflect.get(part, name, handler) === 'function') names.add(name)
    }
  }
  return [...names].sort()
}

export function isHandlerClass(value: unknown): value is HandlerClass {
  return typeof value === 'function' && value.prototype instanceof Handler
}

/** Where a handler stands between two of its steps. */
export interface HandlerPlace {
  /** The names of the steps still to run. */
  readonly steps: readonly string[]
  /**
   * Where these are all steps behind one, the name of that one; '' where they are all that there are. A step that a new
   * version has behind it is to be run, too.
   */
  readonly after?: string | undefined
  /** Its own properties, without those that a fresh handler has, too, unless they are numbers. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Names of those that a fresh handler has, and that are undefined by now. */
  readonly cleared?: readonly string[] | undefined
}

/** Follows a handler from step to step. */
export interface StepWatch {
  /** Where it begins; with its first step unless said otherwise. */
  readonly place?: HandlerPlace | undefined
  /** Makes a handler that begins at a place. It has its fields from there: what its making asks, such as `now()`, counts no more. */
  make<T>(handler: () => T): T
  /**
   * A step that had something to await is done.
   *
   * @param fresh the handler's own properties before its first step.
   */
  stepDone(handler: Handler, fresh: Readonly<Record<string, unknown>>): void
}

/**
 * Runs a fresh handler's steps on an event.
 *
 * @returns a promise for the end of the last step, or undefined where no step had anything to await.
 */
export function runHandler(
  handler: Handler,
  event: Event,
  args: readonly unknown[],
  watch?: StepWatch,
): PromiseLike<unknown> | undefined {
  const fresh = watch && { ...handler }
  handler.event = event
  if (watch?.place === undefined) handler.handlers = handler.getHandlers()
  else goTo(handler, watch.place)
  return runSteps(handler, args, watch && ((): void => watch.stepDone(handler, fresh ?? {})))
}

function runSteps(
  handler: Handler,
  args: readonly unknown[],
  stepDone: (() => void) | undefined,
): PromiseLike<unknown> | undefined {
  const pending = runToNextWait(handler, args)
  return pending && runRest(handler, args, pending, stepDone)
}

/** Runs steps up to the first that has something to await. */
function runToNextWait(handler: Handler, args: readonly unknown[]): PromiseLike<unknown> | undefined {
  const { event } = handler
  for (let step = nextStep(handler); step !== undefined; step = nextStep(handler)) {
    const pending = settle(step.call(handler, event, ...args), event)
    if (pending !== undefined) return pending
  }
  return undefined
}

/** A loop, and not a promise inside another: a step may put itself back into the queue for as long as its client stays. */
async function runRest(
  handler: Handler,
  args: readonly unknown[],
  first: PromiseLike<unknown>,
  stepDone: (() => void) | undefined,
): Promise<void> {
  for (let pending: typeof first | undefined = first; pending; pending = runToNextWait(handler, args)) {
    await pending
    stepDone?.()
  }
}

/** Where a handler stands; undefined where a step of its queue is none of its own methods. */
export function placeOf(
  handler: Handler,
  fresh: Readonly<Record<string, unknown>>,
): HandlerPlace | undefined {
  const own = handler as unknown as Record<string, HandlerStep>
  const names = stepNames(handler)
  const steps = handler.handlers.map((step) => names.find((name) => own[name] === step))
  if (!steps.every((name) => name !== undefined)) return undefined
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(handler)) {
    if (name === 'event' || name === 'handlers') continue
    // An object of the fresh handler's may have been changed where it stands, and a number may be of a moment: `now()`.
    if (value !== fresh[name] || typeof value === 'number' || isFillable(value)) fields[name] = value
  }
  const cleared = Object.keys(fresh).filter((name) => fresh[name] !== undefined && own[name] === undefined)
  return { steps, after: stepBefore(handler, steps, names), fields, cleared }
}

/** See `HandlerPlace.after`. Undefined for a queue that the handler has put together itself. */
function stepBefore(
  handler: Handler,
  steps: readonly (string | undefined)[],
  names: readonly string[],
): string | undefined {
  const passed = names.length - steps.length
  const isRest = steps.every((name, index) => name === names[passed + index])
  return isRest && !choosesSteps(handler) ? (names[passed - 1] ?? '') : undefined
}

function choosesSteps(handler: Handler): boolean {
  return handler.getHandlers !== Handler.prototype.getHandlers
}

/** Plain objects and the built-in collections: what they hold may change, and they stay the same objects. */
function isFillable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return [Object.prototype, Array.prototype, Map.prototype, Set.prototype, null].includes(prototype)
}

/** @throws Error where it has no step of one of the names any more. */
function goTo(handler: Handler, { steps, after, fields, cleared = [] }: HandlerPlace): void {
  Object.assign(handler, fields, Object.fromEntries(cleared.map((name) => [name, undefined])))
  const own = handler as unknown as Record<string, HandlerStep>
  const missing = steps.find((name) => typeof own[name] !== 'function')
  if (missing !== undefined) throw new Error(`its step ${missing} is no longer there`)
  const isRest = after !== undefined && !choosesSteps(handler)
  const names = isRest ? stepNames(handler).filter((name) => name > after) : steps
  handler.handlers = names.map((name) => own[name] as HandlerStep)
}

/** The next step, unless the event was stopped: that empties the queue. */
function nextStep(handler: Handler): HandlerStep | undefined {
  if (handler.event.stopped) handler.handlers = []
  return handler.handlers.shift()
}
