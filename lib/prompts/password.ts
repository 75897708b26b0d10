/**
 * A prompt for a secret. The user's client is told to show nothing (WILL ECHO, RFC 857) right before the message and in
 * one stream with it, so nothing waits; and to show again what is typed (WONT ECHO) however the prompt ends.
 *
 * Not every client can hide. Without waiting for an answer it is known of one that has refused before, that ends its
 * lines in a bare LF and so is no telnet client (RFC 854), or to which this service speaks no telnet: its user is told
 * before the message. A client that refuses while the prompt is open: its user is told then, and asked again. Of one
 * that has said nothing yet (its first line would be the secret), nothing is known: it is taken to hide.
 *
 * What was typed hidden is in what the prompt gives and in what `validate` gets, and nowhere else.
 */
import { nextAnswer } from '../client/client.js'
import { hideInput } from './hiding.js'
import { type Ask, checkPrompt, type LineClient, type Message, type PromptOptions, prompt } from './prompt.js'

export interface PasswordOptions extends PromptOptions<string> {
  /** Tells the user of a client that can't hide input. */
  readonly notice?: Message | undefined
  /** For new passwords: asks for it a second time with this message, and anew from the beginning if they differ. */
  readonly repeat?: Message | undefined
  /** Tells the user that the second entry was another one. */
  readonly different?: Message | undefined
}

/**
 * Asks for a secret without showing it, and gives it exactly as it was typed.
 *
 * ```ts
 * const secret = await password(client, {
 *   message: 'Password: ',
 *   validate: async (typed) => (await matches(user, typed)) || 'Wrong password.',
 *   attempts: 3,
 * })
 * ```
 *
 * @throws TooManyAttemptsError, TimeoutError, ClientDisconnectedError, the signal's reason, what `validate` throws.
 */
export function password(client: LineClient, options: PasswordOptions): Promise<string> {
  checkPrompt('password()', client, options as PromptOptions<never>, ['notice', 'repeat', 'different'])
  const { validate, repeat, different = 'That was not the same.' } = options
  const ask = hiddenAsk(options.notice ?? 'Note: your client will show what you type.')
  if (repeat === undefined) return prompt(client, options, (value) => ({ value }), ask)
  const both: PasswordOptions = {
    ...options,
    async validate(typed) {
      const verdict = validate ? await validate(typed) : true
      if (verdict !== true) return verdict
      return (await ask.line(client, repeat, options)) === typed || different
    },
  }
  return prompt(client, both, (value) => ({ value }), ask)
}

/** Asks without showing the answer; where that can't be, says so once. */
function hiddenAsk(notice: Message): Ask {
  let noticed = false
  const line: Ask['line'] = async (client, message, { signal, timeout }) => {
    const hold = hideInput(client, () => {
      noticed = true
      client.write('', notice)
      client.prompt(message)
    })
    let entered = false
    try {
      if (hold.shown && !noticed) client.write(notice)
      noticed ||= hold.shown
      client.prompt(message)
      const line = await nextAnswer(client, { kind: 'password', message }, { signal, timeout })
      entered = true
      return line
    } finally {
      hold.end()
      // The cursor still stands behind the message: the Enter was hidden with the rest.
      if (entered && !hold.shown) client.write('')
    }
  }
  return { line, trims: false }
}
