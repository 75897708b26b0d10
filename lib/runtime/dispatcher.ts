/**
 * Which handlers an event gets, and their running one after another (contract rules 2 to 6).
 */
import { types } from 'node:util'
import { isAnythingSilent, unlessSilenced } from '../conversation/context.js'
import { Disconnect } from '../events/catalogue.js'
import { InvalidEventClassError, InvalidHandlerError, NotConstructibleError } from '../events/errors.js'
import { type Event, type EventClass, handledBy, isEventClass } from '../events/event.js'
import { freshHandler, whyNotFresh } from '../events/fresh.js'
import { Handler, isHandlerClass, runHandler, type StepWatch } from '../events/handler.js'
import { hasGone, settle } from '../events/settle.js'
import { handlerWatch } from '../inspection.js'
import { isTraced } from '../observability/channels.js'
import { EventTallies, type Flights, type Tally } from '../observability/tallies.js'
import type { Binding } from './binding.js'
import { nameOfHandler, shownName } from './handler-name.js'
import { traced } from './tracing.js'

/** A handler among those of its event, such that another version of the program can find it. */
export interface HandlerName {
  /** Its function's or class's own name, which may be empty. */
  readonly name: string
  /** How many of that name come before it. */
  readonly before: number
}

/** What is known of one class of events: worked out when its first event comes. */
interface Kind {
  readonly bindings: readonly Binding[]
  readonly tally: Tally
}

/** Whoever runs an event's handlers one by one in the dispatcher's place. */
export interface HandlerRuns {
  /** The position of the handler that is brought to where another process has left it: the event has come there. */
  readonly replayed: number | undefined
  /** The position of the first handler that is to run. */
  readonly first: number
  /** @param start starts the handler, and gives what is left to await. */
  run(
    event: Event,
    handler: () => HandlerName,
    position: number,
    start: (watch?: StepWatch) => PromiseLike<unknown> | undefined,
  ): PromiseLike<unknown> | undefined
}

/** Which handler runs, where an event is dispatched that handlers have had before: they may be running still. */
export interface Rerun {
  handler: unknown
}

export class Dispatcher {
  /** In the order of binding. Replaced, never changed: a list that is being run stays as it was (rule 5). */
  #bindings: readonly Binding[] = []
  #kinds = new WeakMap<object, Kind>()
  /** The last class that was asked for, and what is known of it: most often it is the next one, too. */
  #lastClass: EventClass | undefined
  #lastKind: Kind | undefined
  readonly #tallies: EventTallies

  constructor(tallies = new EventTallies()) {
    this.#tallies = tallies
  }

  /**
   * Binds a handler to a class of events and its subclasses.
   *
   * @returns a function that removes this binding.
   * @throws InvalidEventClassError, InvalidHandlerError
   */
  listen(eventClass: unknown, handler: unknown): () => void {
    if (!isEventClass(eventClass)) throw new InvalidEventClassError(eventClass)
    const binding: Binding = { eventClass, handler, start: starter(handler, eventClass) }
    handlerWatch()?.(handler)
    this.#change([...this.#bindings, binding])
    return () => {
      if (this.#bindings.includes(binding)) this.#change(this.#bindings.filter((other) => other !== binding))
    }
  }

  /**
   * Runs the event's handlers, each to its end. What one of them throws ends the run and is passed on as it is, now or
   * through the promise; `handlerOf(event)` tells which one it was, or `rerun.handler`.
   *
   * @param rerun for an event that has been dispatched before.
   * @returns undefined where none had anything to await. Where only the last one has, this is that handler's own
   * promise: one less to make for each line that an async handler gets, which is 15 % of what such a line costs.
   */
  dispatch(
    event: Event,
    args: readonly unknown[],
    rerun?: Rerun,
    runs?: HandlerRuns,
  ): PromiseLike<unknown> | undefined {
    const kind = this.#kindOf(event.constructor as EventClass)
    const replayed = runs?.replayed
    if (replayed === undefined) count(kind.tally)
    const bindings = isTraced() ? traced(kind.bindings, event, replayed) : kind.bindings
    for (let i = runs?.first ?? 0; i < bindings.length && !event.stopped; i++) {
      const pending = start(bindings, i, event, args, rerun, runs)
      if (pending === undefined) continue
      return i + 1 === bindings.length
        ? pending
        : this.#continue(event, args, bindings, i + 1, pending, rerun, runs)
    }
    return undefined
  }

  /** The position of a handler of this class of events; undefined where there is none like it. */
  find(eventClass: EventClass, { name, before }: HandlerName): number | undefined {
    const { bindings } = this.#kindOf(eventClass)
    const found = bindings.findIndex((_, i) => {
      const other = nameAt(bindings, i)
      return other.name === name && other.before === before
    })
    return found === -1 ? undefined : found
  }

  /** The rest of a dispatch, from `position` on, after a handler that has something to await. */
  async #continue(
    event: Event,
    args: readonly unknown[],
    bindings: readonly Binding[],
    position: number,
    pending: PromiseLike<unknown>,
    rerun: Rerun | undefined,
    runs: HandlerRuns | undefined,
  ): Promise<void> {
    await pending
    for (let i = position; i < bindings.length && !event.stopped; i++) {
      const more = start(bindings, i, event, args, rerun, runs)
      if (more !== undefined) await more
    }
  }

  /** Where handlers of this class of events are counted while they are in flight; the caller of `dispatch` does so. */
  flights(eventClass: EventClass): Flights {
    return this.#kindOf(eventClass).tally.flights
  }

  #kindOf(eventClass: EventClass): Kind {
    if (eventClass === this.#lastClass) return this.#lastKind as Kind
    const kind = this.#lookUp(eventClass)
    this.#lastClass = eventClass
    this.#lastKind = kind
    return kind
  }

  #lookUp(eventClass: EventClass): Kind {
    let kind = this.#kinds.get(eventClass)
    if (kind === undefined) {
      const bindings = this.#bindings.filter(
        (binding) => binding.eventClass === eventClass || eventClass.prototype instanceof binding.eventClass,
      )
      kind = { bindings, tally: this.#tallies.of(shownName(eventClass.name)) }
      this.#kinds.set(eventClass, kind)
    }
    return kind
  }

  #change(bindings: readonly Binding[]): void {
    this.#bindings = bindings
    this.#kinds = new WeakMap()
    this.#lastClass = undefined
  }
}

function count(tally: Tally): void {
  // In a function of its own: one with a closure in it costs each call an object, whether it comes that far or not.
  if (isAnythingSilent()) countUnlessSilenced(tally)
  else tally.events += 1
}

/** An event that a replayed handler triggers has been counted by the process that it comes from. */
function countUnlessSilenced(tally: Tally): void {
  unlessSilenced(() => {
    tally.events += 1
  })
}

function start(
  bindings: readonly Binding[],
  position: number,
  event: Event,
  args: readonly unknown[],
  rerun: Rerun | undefined,
  runs: HandlerRuns | undefined,
): PromiseLike<unknown> | undefined {
  const binding = bindings[position] as Binding
  if (rerun === undefined) handledBy(event, binding.handler)
  else rerun.handler = binding.handler
  if (runs !== undefined) return startWithin(runs, bindings, position, event, args)
  return event instanceof Disconnect ? startLast(binding, event, args) : binding.start(event, args)
}

/** In a function of its own, as `countUnlessSilenced` is. */
function startWithin(
  runs: HandlerRuns,
  bindings: readonly Binding[],
  position: number,
  event: Event,
  args: readonly unknown[],
): PromiseLike<unknown> | undefined {
  const binding = bindings[position] as Binding
  const run = (watch?: StepWatch): PromiseLike<unknown> | undefined => binding.start(event, args, watch)
  return runs.run(event, () => nameAt(bindings, position), position, run)
}

/** A handler of `Disconnect` that asks its client for a line has ended; the others clean up all the same (rule 12). */
function startLast(
  binding: Binding,
  event: Event,
  args: readonly unknown[],
): PromiseLike<unknown> | undefined {
  const check = (error: unknown): void => {
    if (!hasGone(error, event)) throw error
  }
  try {
    return binding.start(event, args)?.then(undefined, check)
  } catch (error) {
    check(error)
    return undefined
  }
}

function nameAt(bindings: readonly Binding[], position: number): HandlerName {
  const name = nameOfHandler((bindings[position] as Binding).handler)
  const before = bindings.slice(0, position).filter(({ handler }) => nameOfHandler(handler) === name).length
  return { name, before }
}

/** How a handler of its kind is started (rule 3). */
function starter(handler: unknown, eventClass: EventClass): Binding['start'] {
  if (isHandlerClass(handler) || handler instanceof Handler) {
    const reason = whyNotFresh(handler)
    const { name } = isHandlerClass(handler) ? handler : handler.constructor
    if (reason !== undefined) throw new NotConstructibleError(name, eventClass.name, reason)
    const construct = (): Handler => (isHandlerClass(handler) ? new handler() : freshHandler(handler))
    return (event, args, watch) =>
      runHandler(watch?.place === undefined ? construct() : watch.make(construct), event, args, watch)
  }
  if (typeof handler !== 'function' || isClass(handler)) {
    throw new InvalidHandlerError({ handler }, eventClass.name)
  }
  const tell = handlerWatch()
  const mayMake = !types.isAsyncFunction(handler) && !types.isGeneratorFunction(handler)
  const follow = (result: unknown, event: Event, args: readonly unknown[], watch?: StepWatch) => {
    // A factory: what it has made is for this event alone.
    if (typeof result === 'object' && result instanceof Handler) {
      tell?.(result.constructor)
      return runHandler(result, event, args, watch)
    }
    if (watch?.place !== undefined) throw new Error(NO_STEPS)
    return settle(result, event)
  }
  const call = (event: Event, args: readonly unknown[]): unknown =>
    args.length === 0 ? handler(event) : handler(event, ...args)
  // In a function of its own: the closure costs each call an object, and that is 7 % of what a line costs.
  const goOn = (event: Event, args: readonly unknown[], watch: StepWatch) => {
    // Not called at all: what it did would be done beside what it does when it begins again.
    if (!mayMake) throw new Error(NO_STEPS)
    const result = watch.make(() => call(event, args))
    return follow(result, event, args, watch)
  }
  return (event, args, watch) =>
    watch?.place === undefined ? follow(call(event, args), event, args, watch) : goOn(event, args, watch)
}

/** Of a handler of another version that was an object with steps, and stood at one of them. */
const NO_STEPS = 'it has no steps any more'

/** A class can't be called, so one that is no Handler would only fail when the first event comes. */
function isClass(value: object): boolean {
  // And no method of that name.
  return /^class\b(?!\s*\()/.test(Function.prototype.toString.call(value))
}
