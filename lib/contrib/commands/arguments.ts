/** What the arguments of a command become: the types that TypeScript infers from a pattern, and the values themselves. */
import { choiceOf, type Part, splitText } from './pattern.js'

/**
 * Makes an argument of what was typed; it may throw a `CommandError` that says what is wrong. Undefined: it does not fit,
 * so the syntax is shown.
 */
export type ReadArgument<Value> = (
  text: string,
  // biome-ignore lint/suspicious/noExplicitAny: the events of all registries are passed to it
  event: any,
) => Value | undefined | PromiseLike<Value | undefined>

/** A type of arguments: what reads one word, or with `rest` all that is left of the line. */
export type ArgumentType<Value = unknown> =
  | ReadArgument<Value>
  | { readonly rest: true; readonly read: ReadArgument<Value> }

export type ArgumentTypes = Readonly<Record<string, ArgumentType>>

export const builtInTypes = {
  word: (text: string): string => text,
  text: { rest: true, read: (text: string): string => text },
  int: (text: string): number | undefined => (/^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined),
  number: (text: string): number | undefined =>
    /^[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})$/.test(text) ? Number(text) : undefined,
} as const satisfies ArgumentTypes

export type BuiltInTypes = typeof builtInTypes

// --- Types

type Result<Type> = Type extends { read: infer Read }
  ? Result<Read>
  : Type extends (...args: never[]) => infer R
    ? Exclude<Awaited<R>, undefined>
    : never

/** What an argument has whose type there is not: nothing can be done with it, and its name says why. */
export interface NoSuchArgumentType<Name extends string> {
  readonly noSuchArgumentType: Name
}

type ValueOf<Type extends string, Types> = Type extends `${infer One},...`
  ? ValueOf<One, Types>[]
  : Type extends `${infer Choice}|${infer Others}`
    ? Choice | ValueOfChoices<Others>
    : Type extends keyof Types
      ? Result<Types[Type]>
      : NoSuchArgumentType<Type>

type ValueOfChoices<Choices extends string> = Choices extends `${infer Choice}|${infer Others}`
  ? Choice | ValueOfChoices<Others>
  : Choices

/** `user:word,...` with its name and its type apart; without a type it is a word. */
type Argument<Spec extends string, Types> = Spec extends `${infer Name}:${infer Type}`
  ? { [N in Name]: ValueOf<Type, Types> }
  : Spec extends `${infer Name},...`
    ? { [N in Name]: string[] }
    : { [N in Spec]: string }

type Optional<Arguments> = { [N in keyof Arguments]?: Arguments[N] | undefined }

/** Those that must be there stand first. */
type Parse<Pattern extends string, Types> = Pattern extends `${string}<${infer Spec}>${infer Rest}`
  ? Argument<Spec, Types> & Parse<Rest, Types>
  : ParseOptional<Pattern, Types>

type ParseOptional<Pattern extends string, Types> = Pattern extends `${string}[${infer Spec}]${infer Rest}`
  ? Optional<Argument<Spec, Types>> & ParseOptional<Rest, Types>
  : unknown

type Flat<T> = { [N in keyof T]: T[N] }

/** What a command takes: a pattern, a regular expression with named groups, or nothing. */
export type ArgumentsPattern = string | RegExp | undefined

/**
 * The arguments that a handler gets: by name, each of its type. Those of a regular expression are its named groups.
 *
 * ```ts
 * type Tell = ArgumentsOf<'<users:word,...> <message:text>'>   // { users: string[]; message: string }
 * ```
 */
export type ArgumentsOf<Pattern extends ArgumentsPattern, Types = BuiltInTypes> = Pattern extends string
  ? Flat<Parse<Pattern, Types>>
  : Pattern extends RegExp
    ? Record<string, string | undefined>
    : Record<never, never>

// --- Values

/** @returns the arguments by name; undefined where the text does not fit the pattern. */
export async function readArguments(
  parts: readonly Part[],
  text: string,
  types: ArgumentTypes,
  event: unknown,
): Promise<Record<string, unknown> | undefined> {
  const texts = splitText(parts, text, (type) => takesTheRest(types, type) ?? false)
  if (texts === undefined) return undefined
  const values: [name: string, value: unknown][] = []
  for (const part of parts) {
    if (part.kind === 'literal') continue
    const typed = texts.get(part.name)
    if (typed === undefined) continue
    const read = async (one: string): Promise<unknown> =>
      part.choices === undefined
        ? readerOf(types, part.type as string)(one, event)
        : choiceOf(part.choices, one)
    let value: unknown
    if (typeof typed === 'string') {
      value = await read(typed)
    } else {
      const items: unknown[] = []
      // One after another: what reads them may tell the person what is wrong, and should do so once.
      for (const item of typed) items.push(await read(item))
      value = items.includes(undefined) ? undefined : items
    }
    if (value === undefined) return undefined
    values.push([part.name, value])
  }
  return Object.fromEntries(values)
}

/** Whether a type takes all that is left; undefined where there is no such type. */
export function takesTheRest(types: ArgumentTypes, name: string): boolean | undefined {
  const type = Object.hasOwn(types, name) ? types[name] : undefined
  if (type === undefined) return undefined
  return typeof type === 'object'
}

function readerOf(types: ArgumentTypes, name: string): ReadArgument<unknown> {
  const type = types[name] as ArgumentType
  return typeof type === 'object' ? type.read : type
}
