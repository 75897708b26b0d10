/** A prompt for text. */
import { checkFunction } from '../errors.js'
import { checkPrompt, type LineClient, type PromptOptions, prompt, visibly } from './prompt.js'

export interface InputOptions extends PromptOptions<string> {
  /** Whether an empty answer is refused; a `default` makes it an answer. */
  readonly required?: boolean | undefined
  /** Changes what was typed, before `validate` sees it: `(name) => name.toLowerCase()`. */
  readonly transform?: ((text: string) => string) | undefined
}

const REQUIRED = 'Please type something.'

/**
 * Asks for a line of text, and gives it without the blanks around it.
 *
 * ```ts
 * const name = await input(client, {
 *   message: 'Name: ',
 *   validate: (name) => /^\w+$/.test(name) || 'Letters and digits only, please.',
 * })
 * ```
 *
 * @throws TooManyAttemptsError, TimeoutError, ClientDisconnectedError, the signal's reason, what `validate` throws.
 */
export function input(client: LineClient, options: InputOptions): Promise<string> {
  checkPrompt('input()', client, options as PromptOptions<never>, ['transform'], ['required'])
  const { required = false, transform = (text) => text } = options
  checkFunction('input()', 'transform', transform)
  return prompt(
    client,
    options,
    (line) => (required && line === '' ? { problem: REQUIRED } : { value: transform(line) }),
    visibly('input'),
  )
}
