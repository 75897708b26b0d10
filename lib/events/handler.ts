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

/**
 * Runs a fresh handler's steps on an event.
 *
 * @returns a promise for the end of the last step, or undefined where no step had anything to await.
 */
export function runHandler(
  handler: Handler,
  event: Event,
  args: readonly unknown[],
): PromiseLike<unknown> | undefined {
  handler.event = event
  handler.handlers = handler.getHandlers()
  return runSteps(handler, args)
}

function runSteps(handler: Handler, args: readonly unknown[]): PromiseLike<unknown> | undefined {
  const { event } = handler
  for (let step = nextStep(handler); step !== undefined; step = nextStep(handler)) {
    const pending = settle(step.call(handler, event, ...args), event)
    if (pending !== undefined) return pending.then(() => runSteps(handler, args))
  }
  return undefined
}

/** The next step, unless the event was stopped: that empties the queue. */
function nextStep(handler: Handler): HandlerStep | undefined {
  if (handler.event.stopped) handler.handlers = []
  return handler.handlers.shift()
}

/**
 * A handler like `model`, for one event (contract rule 9): a new object of its class, with the model's fields. Lists, maps,
 * sets, dates and plain objects among them are copied, so that two conversations never share one; objects of all other
 * classes (a service, a database) are shared.
 */
export function freshHandler(model: Handler): Handler {
  const fresh = new (model.constructor as HandlerClass)() as Handler & Record<string, unknown>
  for (const [name, value] of Object.entries(model)) fresh[name] = copyOf(value, new Map())
  return fresh
}

/**
 * Whether the constructor of a class, or one that it inherits, names parameters. An object that was made with arguments
 * can't be made again without them: what it keeps in `#private` fields is out of reach.
 */
export function takesArguments(handlerClass: HandlerClass): boolean {
  for (
    let part: unknown = handlerClass;
    typeof part === 'function' && part !== Handler;
    part = Object.getPrototypeOf(part)
  ) {
    if (part.length > 0 || PARAMETERS.test(Function.prototype.toString.call(part))) return true
  }
  return false
}

/** A constructor with anything between its brackets, default values and rest parameters included. */
const PARAMETERS = /\bconstructor\s*\(\s*[^)\s]/

function copyOf(value: unknown, copies: Map<unknown, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  if (Array.isArray(value)) {
    const copy: unknown[] = []
    copies.set(value, copy)
    for (const item of value) copy.push(copyOf(item, copies))
    return copy
  }
  if (Object.getPrototypeOf(value) === Map.prototype) {
    const copy = new Map()
    copies.set(value, copy)
    for (const [key, item] of value as Map<unknown, unknown>)
      copy.set(copyOf(key, copies), copyOf(item, copies))
    return copy
  }
  if (Object.getPrototypeOf(value) === Set.prototype) {
    const copy = new Set()
    copies.set(value, copy)
    for (const item of value as Set<unknown>) copy.add(copyOf(item, copies))
    return copy
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) {
    const copy: Record<string, unknown> = Object.create(prototype)
    copies.set(value, copy)
    for (const [name, item] of Object.entries(value)) copy[name] = copyOf(item, copies)
    return copy
  }
  return value instanceof Date ? new Date(value) : value
}
