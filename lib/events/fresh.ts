/**
 * An object for each event, where a program registered a `Handler` class or an instance of one (contract rule 9).
 */
import { Handler, type HandlerClass } from './handler.js'

/**
 * A handler like `model`, for one event: a new object of its class, with the model's fields. Lists, maps, sets, dates and
 * plain objects among them are copied, so that two conversations never share one; objects of all other classes (a
 * service, a database) are shared.
 */
export function freshHandler(model: Handler): Handler {
  const fresh = new (model.constructor as HandlerClass)() as Handler & Record<string, unknown>
  const copies = new Map()
  for (const [name, value] of Object.entries(model)) {
    // A function that the class makes for each object belongs to that object: `this` in it is the fresh handler.
    if (typeof value === 'function' && String(value) === String(fresh[name])) continue
    fresh[name] = copyOf(value, copies)
  }
  return fresh
}

/** Why no fresh object can be made for each event of what a program registered; undefined where it can. */
export function whyNotFresh(registered: HandlerClass | Handler): string | undefined {
  if (typeof registered === 'function') {
    return needsArguments(registered) ? 'its constructor takes arguments' : undefined
  }
  // An object that was made with arguments can't be made again without them: what it keeps in #private fields is out of
  // reach.
  if (namesParameters(registered.constructor as HandlerClass)) return 'its constructor takes arguments'
  for (const [name, value] of Object.entries(registered)) {
    const className = uncopyable(value, new Set())
    if (className !== undefined) {
      return `its field ${name} holds a ${className}, whose #private fields can't be copied`
    }
  }
  return undefined
}

/** The constructor has parameters without which it can't do. */
function needsArguments(handlerClass: HandlerClass): boolean {
  if (handlerClass.length > 0) return true
  const parent = Object.getPrototypeOf(handlerClass)
  return parent !== Handler && passesOn(handlerClass) && needsArguments(parent)
}

/** It has no constructor of its own, or one that a compiler made for its fields: it hands on what it gets. */
function passesOn(handlerClass: HandlerClass): boolean {
  const source = Function.prototype.toString.call(handlerClass)
  return !/(?<![.\w$])constructor\s*\(/.test(source) || /\bsuper\s*\(\s*\.\.\./.test(source)
}

/** The constructor, or one that it inherits, names parameters, default values and rest parameters included. */
function namesParameters(handlerClass: HandlerClass): boolean {
  if (/(?<![.\w$])constructor\s*\(\s*[^)\s]/.test(Function.prototype.toString.call(handlerClass))) return true
  const parent = Object.getPrototypeOf(handlerClass)
  return parent !== Handler && namesParameters(parent)
}

const COPIED = [Array, Map, Set, Date] as const

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** A copy of plain data and of the built-in collections, subclasses of those included. */
function copyOf(value: unknown, copies: Map<unknown, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  const copy = emptyLike(value)
  if (copy === undefined) return value
  copies.set(value, copy)
  // Not by their own methods: a subclass may do more in them than to add.
  if (copy instanceof Map) {
    for (const [key, item] of Map.prototype.entries.call(value)) {
      Map.prototype.set.call(copy, copyOf(key, copies), copyOf(item, copies))
    }
  } else if (copy instanceof Set) {
    for (const item of Set.prototype.values.call(value)) Set.prototype.add.call(copy, copyOf(item, copies))
  }
  for (const [name, item] of Object.entries(value)) {
    ;(copy as Record<string, unknown>)[name] = copyOf(item, copies)
  }
  if (Array.isArray(value)) (copy as unknown[]).length = value.length
  return copy
}

/** An object of the same class without anything in it, made without the class's own constructor. */
function emptyLike(value: object): object | undefined {
  if (isPlain(value)) return Object.create(Object.getPrototypeOf(value))
  const base = COPIED.find((base) => value instanceof base)
  if (base === undefined) return undefined
  return Reflect.construct(base, value instanceof Date ? [value.getTime()] : [], value.constructor)
}

/** The class of a collection, in this value or inside it, that has private fields. */
function uncopyable(value: unknown, seen: Set<unknown>): string | undefined {
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined
  seen.add(value)
  const base = COPIED.find((base) => value instanceof base)
  if (base === undefined && !isPlain(value)) return undefined
  if (base !== undefined && hasPrivate(value.constructor, base)) return value.constructor.name
  const inside = value instanceof Map ? [...Map.prototype.entries.call(value)].flat() : Object.values(value)
  if (value instanceof Set) inside.push(...Set.prototype.values.call(value))
  for (const item of inside) {
    const found = uncopyable(item, seen)
    if (found !== undefined) return found
  }
  return undefined
}

/** `this.#name` in a class, or what a compiler makes of it, up to the class that is copied. */
export function hasPrivate(part: unknown, base: unknown): boolean {
  if (typeof part !== 'function' || part === base) return false
  return (
    /\.\s*#[\p{ID_Start}_$]|__private|__classPrivate/u.test(Function.prototype.toString.call(part)) ||
    hasPrivate(Object.getPrototypeOf(part), base)
  )
}
