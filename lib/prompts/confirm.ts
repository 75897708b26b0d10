/** A prompt for yes or no. */
import { InvalidOptionError } from '../errors.js'
import { quietly } from '../wait.js'
import { checkPrompt, type LineClient, type PromptOptions, prompt, type Reading, visibly } from './prompt.js'

export interface ConfirmOptions extends PromptOptions<boolean> {
  /** What means yes, in any case; `['y', 'yes']` unless said otherwise. */
  readonly yes?: readonly string[] | undefined
  /** What means no; `['n', 'no']` unless said otherwise. */
  readonly no?: readonly string[] | undefined
}

/**
 * Asks for a yes or a no; for anything else it asks again, and for an empty line too where there is no `default`.
 *
 * ```ts
 * if (await confirm(client, { message: 'Leave? [y/N] ', default: false })) await client.close()
 * ```
 *
 * @throws TooManyAttemptsError, TimeoutError, ClientDisconnectedError, the signal's reason, what `validate` throws.
 */
export function confirm(client: LineClient, options: ConfirmOptions): Promise<boolean> {
  return quietly(ask(client, options))
}

async function ask(client: LineClient, options: ConfirmOptions): Promise<boolean> {
  checkPrompt('confirm()', client, options as PromptOptions<never>, ['yes', 'no'])
  const yes = words('yes', options.yes ?? ['y', 'yes'])
  const no = words('no', options.no ?? ['n', 'no'])
  const problem = `Please answer ${longest(yes)} or ${longest(no)}.`
  const read = (line: string): Reading<boolean> => {
    const word = line.toLowerCase()
    if (yes.includes(word)) return { value: true }
    return no.includes(word) ? { value: false } : { problem }
  }
  return prompt(client, options, read, visibly('confirm'))
}

function words(name: string, given: readonly string[]): string[] {
  if (!Array.isArray(given) || !given.every((word) => typeof word === 'string')) {
    throw new InvalidOptionError('confirm()', name, given, "a list of words, such as ['y', 'yes']")
  }
  if (given.length === 0) throw new InvalidOptionError('confirm()', name, '[]', 'at least one word')
  return given.map((word) => word.toLowerCase())
}

function longest(words: readonly string[]): string {
  return words.reduce((longest, word) => (word.length > longest.length ? word : longest))
}
