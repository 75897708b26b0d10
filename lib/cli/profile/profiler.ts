/**
 * Profiles this process: V8's own sampling, by way of Node's inspector, and the handlers that a program registers meanwhile.
 */
import { type Profiler, type Runtime, Session } from 'node:inspector'
import { watchHandlers } from '../../inspection.js'
import { nameOfHandler, shownName } from '../../runtime/handler-name.js'
import type { Place, ProfiledHandler } from './attribution.js'

const key = Symbol.for('mara-ts.profiled')

export interface Profiling {
  /** Ends it. Everything is done before it returns, so that it can be called as the process ends. */
  stop(): { readonly profile: Profiler.Profile; readonly handlers: ProfiledHandler[] }
}

export function startProfiling(): Profiling {
  const handlers = new Handlers()
  watchHandlers((handler) => handlers.add(handler))
  const session = new Session()
  session.connect()
  const post = <Result>(method: string, parameters: object = {}): Result => {
    let answer: Result | undefined
    let failure: Error | null = null
    // A session with its own thread answers before it returns.
    session.post(method, parameters, (error, result) => {
      failure = error
      answer = result as Result
    })
    if (failure !== null) throw failure
    return answer as Result
  }
  post('Profiler.enable')
  post('Profiler.start')
  return {
    stop() {
      const { profile } = post<Profiler.StopReturnType>('Profiler.stop')
      const found = handlers.all.map((handler): ProfiledHandler => {
        return { name: shownName(nameOfHandler(handler)), places: placesOf(functionsOf(handler), post) }
      })
      session.disconnect()
      return { profile, handlers: together(found) }
    },
  }
}

/** How many handlers of one name and source text are looked at: such may stand in several places. */
const MOST_ALIKE = 100

/** A factory may make its class anew for each event: not all of these are kept. */
class Handlers {
  readonly #known = new Set<unknown>()
  readonly #alike = new Map<string, number>()

  get all(): unknown[] {
    return [...this.#known]
  }

  add(handler: unknown): void {
    if (this.#known.has(handler)) return
    const text = `${nameOfHandler(handler)}\n${typeof handler === 'function' ? handler : handler?.constructor}`
    const alike = this.#alike.get(text) ?? 0
    if (alike === MOST_ALIKE) return
    this.#alike.set(text, alike + 1)
    this.#known.add(handler)
  }
}

/** Handlers of one name that stand in one place are one: a function may have made them anew each time. */
function together(handlers: readonly ProfiledHandler[]): ProfiledHandler[] {
  const known = new Map<string, ProfiledHandler>()
  for (const handler of handlers) {
    const key = JSON.stringify([handler.name, ...handler.places.slice(0, 1)])
    // What they inherit may differ.
    const places = [...(known.get(key)?.places ?? []), ...handler.places]
    known.set(key, { name: handler.name, places })
  }
  return [...known.values()]
}

/** The function itself; of a `Handler` class, or of an object of one, its methods and those that it inherits. */
export function functionsOf(handler: unknown): unknown[] {
  const isFunction = typeof handler === 'function'
  const methods = partsOf(isFunction ? handler.prototype : handler).flatMap((part) =>
    Object.values(Object.getOwnPropertyDescriptors(part)).map(({ value }) => value),
  )
  const functions = methods.filter((value) => typeof value === 'function' && value !== handler)
  return isFunction ? [handler, ...functions] : functions
}

/** What an object has its methods from, down to the class `Handler`; nothing for an object that has none from there. */
function partsOf(start: object | null | undefined): object[] {
  const parts: object[] = []
  for (let part = start; part !== null && part !== undefined; part = Object.getPrototypeOf(part)) {
    // Known by name, since the program may have another copy of it.
    if (Object.hasOwn(part, 'constructor') && part.constructor.name === 'Handler') return parts
    parts.push(part)
  }
  return []
}

type Post = <Result>(method: string, parameters?: object) => Result

/** Where functions begin: only an inspector says so. */
function placesOf(functions: readonly unknown[], post: Post): Place[] {
  const holder = globalThis as { [key]?: readonly unknown[] }
  holder[key] = functions
  try {
    const expression = `globalThis[Symbol.for(${JSON.stringify(key.description)})]`
    const { result } = post<Runtime.EvaluateReturnType>('Runtime.evaluate', { expression })
    const { result: items } = propertiesOf(result, post)
    return items.flatMap(({ name, value }) => {
      return /^\d+$/.test(name) && value !== undefined ? (placeOf(value, post) ?? []) : []
    })
  } finally {
    delete holder[key]
  }
}

function placeOf(of: Runtime.RemoteObject, post: Post): Place | undefined {
  const { internalProperties = [] } = propertiesOf(of, post)
  const internal = (name: string) => internalProperties.find((property) => property.name === name)?.value
  // What a bound function calls is the one that has a place.
  const target = internal('[[TargetFunction]]')
  if (target !== undefined) return placeOf(target, post)
  return internal('[[FunctionLocation]]')?.value
}

function propertiesOf({ objectId }: Runtime.RemoteObject, post: Post): Runtime.GetPropertiesReturnType {
  return post('Runtime.getProperties', { objectId, ownProperties: true })
}
