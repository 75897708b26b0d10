/** A prompt for one of several choices. */
import { InvalidOptionError } from '../errors.js'
import { quietly } from '../wait.js'
import { checkPrompt, type LineClient, type PromptOptions, prompt, type Reading, visibly } from './prompt.js'

export interface Choice<Value> {
  readonly value: Value
  /** What is shown and may be typed; the value as text unless said otherwise. */
  readonly name?: string | undefined
  /** Shown behind the name. */
  readonly description?: string | undefined
  /** Shown, but not to be chosen; a text says why not. */
  readonly disabled?: boolean | string | undefined
}

/** What a choice stands for: a string for itself. */
export type ValueOf<C> = C extends Choice<infer Value> ? Value : C

export interface SelectOptions<C extends string | Choice<unknown>> extends PromptOptions<ValueOf<C>> {
  readonly choices: readonly C[]
}

interface Item<Value> extends Choice<Value> {
  readonly name: string
  /** The name as it is compared. */
  readonly key: string
}

/**
 * Shows a numbered list, then `message`. The answer is a number, a name, or a beginning that only one name has, in any
 * case. A number of the list always means that choice, even if it is also a name. Gives the choice's value.
 *
 * ```ts
 * const race = await select(client, { message: 'Race: ', choices: ['elf', 'dwarf', { value: 'orc', disabled: true }] })
 * ```
 *
 * @throws TooManyAttemptsError, TimeoutError, ClientDisconnectedError, the signal's reason, what `validate` throws.
 * @throws InvalidOptionError where nothing can be chosen, or `default` is not the value of a choice.
 */
export function select<const C extends string | Choice<unknown>>(
  client: LineClient,
  options: SelectOptions<C>,
): Promise<ValueOf<C>> {
  return quietly(ask(client, options))
}

async function ask<C extends string | Choice<unknown>>(
  client: LineClient,
  options: SelectOptions<C>,
): Promise<ValueOf<C>> {
  checkPrompt('select()', client, options as PromptOptions<never>, ['choices'])
  if (!Array.isArray(options.choices)) {
    throw new InvalidOptionError('select()', 'choices', options.choices, 'a list of choices')
  }
  const items = (options.choices as readonly (string | Choice<ValueOf<C>>)[]).map(itemOf<ValueOf<C>>)
  const enabled = items.filter((item) => !item.disabled)
  if (enabled.length === 0) {
    throw new InvalidOptionError('select()', 'choices', list(items), 'one that is not disabled')
  }
  if (options.default !== undefined && !enabled.some(({ value }) => value === options.default)) {
    throw new InvalidOptionError(
      'select()',
      'default',
      options.default,
      'the value of a choice that is not disabled',
    )
  }
  options.signal?.throwIfAborted()
  client.write(
    ...items.map((item, i) => `${String(i + 1).padStart(String(items.length).length)}) ${show(item)}`),
  )
  return prompt(client, options, (line) => choose(line, items), visibly('select'))
}

function choose<Value>(line: string, items: readonly Item<Value>[]): Reading<Value> {
  const typed = keyOf(line)
  const matching = (matches: (item: Item<Value>) => boolean): Reading<Value> | undefined => {
    const found = items.filter(matches)
    const enabled = found.filter((item) => !item.disabled)
    const [first] = enabled
    if (first === undefined) return found[0] && { problem: whyNot(found[0]) }
    return enabled.length === 1 ? { value: first.value } : { problem: `Which one: ${list(enabled)}?` }
  }
  const numbered = /^\d+$/.test(typed) ? items[Number(typed) - 1] : undefined
  return (
    (numbered && matching((item) => item === numbered)) ??
    matching(({ key }) => key === typed) ??
    (typed === '' ? undefined : matching(({ key }) => key.startsWith(typed))) ?? {
      problem: `Please choose a number from 1 to ${items.length}, or a name.`,
    }
  )
}

function itemOf<Value>(choice: string | Choice<Value>): Item<Value> {
  if (typeof choice === 'string') return { value: choice as Value, name: choice, key: keyOf(choice) }
  const isChoice = typeof choice === 'object' && choice !== null && 'value' in choice
  if (!isChoice || !['string', 'undefined'].includes(typeof choice.name)) {
    const expected = "text, or an object such as { value: 5, name: 'five' }"
    throw new InvalidOptionError('select()', 'a choice', choice, expected)
  }
  const name = choice.name ?? String(choice.value)
  return { ...choice, name, key: keyOf(name) }
}

/** Code units from which on accents stay as they are encoded: to sort those of one letter takes the square of their number. */
const TOO_LONG = 1_000

/** As the eye compares: case, blanks around it, and how an accent is encoded do not count. */
function keyOf(text: string): string {
  const trimmed = text.trim()
  return (trimmed.length < TOO_LONG ? trimmed.normalize('NFC') : trimmed).toLowerCase()
}

function show({ name, description, disabled }: Item<unknown>): string {
  const reason = typeof disabled === 'string' && disabled !== '' ? disabled : 'not available'
  return `${name}${description ? ` - ${description}` : ''}${disabled ? ` (${reason})` : ''}`
}

function whyNot({ name, disabled }: Item<unknown>): string {
  return typeof disabled === 'string' ? `${name}: ${disabled}.` : `${name} is not available.`
}

function list(items: readonly Item<unknown>[]): string {
  return items.map(({ name }) => name).join(', ')
}
