/** What all prompts do: show the message, wait for a line, make an answer of it, and ask again until it is valid. */
import { Client, nextAnswer } from '../client/client.js'
import type { Line } from '../client/format.js'
import { checkNames, checkObject, InvalidOptionError } from '../errors.js'
import { isStyled } from '../text/styles/index.js'
import { abortable, checkSignal, quietly, type WaitOptions } from '../wait.js'
import { RawClientError, TooManyAttemptsError } from './errors.js'

/** A client that sends lines, whatever its state. */
export type LineClient = Client<unknown, string>

/** Text for the user, plain or styled. */
export type Message = Exclude<Line, Uint8Array>

/** `true`, or what is wrong; `false` says so without a reason. */
export type Verdict = boolean | Message

/** How to wait for an answer. `timeout` is for each one: who is asked again gets as long again. */
export interface PromptOptions<Value> extends WaitOptions {
  /** Shown as it stands: put what separates it from the answer at its end, and say there what `default` is. */
  readonly message: Message
  /** The answer of whoever just presses Enter. */
  readonly default?: Value | undefined
  /** Whether an answer will do. Whoever gives one that does not is told why, and asked again. To give nothing is an error. */
  readonly validate?: ((answer: Value) => Verdict | PromiseLike<Verdict>) | undefined
  /** After so many answers that will not do, the prompt gives up with a `TooManyAttemptsError`. Unlimited by default. */
  readonly attempts?: number | undefined
}

/** What a line of the user's means. */
export type Reading<Value> = { readonly value: Value } | { readonly problem: Message }

/** How a line is asked for. */
export interface Ask {
  /** Shows a message and gives the line that comes back. */
  line(client: LineClient, message: Message, options: WaitOptions): Promise<string>
  /** Blanks around the answer are no part of it. */
  readonly trims: boolean
}

/** Asks for a line that is shown as it is typed. @param kind tells a handler that is replayed from one that asks otherwise. */
export function visibly(kind: string): Ask {
  return {
    line(client, message, { signal, timeout }) {
      client.prompt(message)
      return nextAnswer(client, { kind, message }, { signal, timeout })
    },
    trims: true,
  }
}

const OPTIONS = ['message', 'default', 'validate', 'attempts', 'signal', 'timeout']

/**
 * Refuses what would show nothing to the user, or fail only when the answer has come.
 *
 * @param caller for messages.
 * @param own the options that this prompt has besides those of all.
 * @param switches further ones of its own, which are true or false.
 * @throws InvalidOptionError
 */
export function checkPrompt(
  caller: string,
  client: LineClient,
  options: PromptOptions<never>,
  own: readonly string[],
  switches?: readonly string[],
): void {
  if (!(client instanceof Client)) throw new InvalidOptionError(caller, 'client', client, 'a client')
  checkObject(caller, 'options', options, "an object such as { message: 'Name: ' }")
  // A misspelt timeout would wait for ever.
  checkNames(caller, options, [...OPTIONS, ...own], switches)
  const { message, validate, signal } = options
  if (typeof message !== 'string' && !isStyled(message)) {
    throw new InvalidOptionError(caller, 'message', message, 'text, plain or styled')
  }
  if (validate !== undefined && typeof validate !== 'function') {
    throw new InvalidOptionError(caller, 'validate', validate, 'a function')
  }
  if (signal !== undefined) checkSignal(caller, signal)
}

const INVALID = 'That is not a valid answer.'

/**
 * A program may look at the answer late or never, so that a client that stays silent or leaves ends no process.
 *
 * @param read makes an answer of a line; called for all but an empty line where there is a default.
 * @throws TooManyAttemptsError, TimeoutError, ClientDisconnectedError, the signal's reason, and what `validate` throws.
 * @throws InvalidOptionError where `validate` gives nothing.
 */
export function prompt<Value>(
  client: LineClient,
  options: PromptOptions<Value>,
  read: (line: string) => Reading<Value>,
  ask: Ask,
): Promise<Value> {
  return quietly(askUntilValid(client, options, read, ask))
}

async function askUntilValid<Value>(
  client: LineClient,
  options: PromptOptions<Value>,
  read: (line: string) => Reading<Value>,
  ask: Ask,
): Promise<Value> {
  const { message, signal, validate, attempts = Infinity } = options
  if (client.raw) throw new RawClientError(String(client))
  if (!(attempts >= 1)) throw new InvalidOptionError('A prompt', 'attempts', attempts, 'a number from 1 on')
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted()
    const typed = await ask.line(client, message, options)
    const line = ask.trims ? typed.trim() : typed
    const reading = line === '' && options.default !== undefined ? { value: options.default } : read(line)
    const problem =
      'problem' in reading ? reading.problem : validate && (await problemOf(validate(reading.value), signal))
    if (problem === undefined) return (reading as { value: Value }).value
    client.write(problem)
    if (attempt >= attempts) throw new TooManyAttemptsError(String(client), attempts)
  }
}

async function problemOf(
  given: Verdict | PromiseLike<Verdict>,
  signal: AbortSignal | undefined,
): Promise<Message | undefined> {
  const verdict = await abortable(Promise.resolve(given), signal)
  if (verdict === true) return undefined
  // In JavaScript, a branch may lack its `return`: that must let nobody in.
  if (verdict === undefined || verdict === null) {
    const expected = 'true where the answer will do, else what is wrong with it, in each branch'
    throw new InvalidOptionError('A prompt', 'from validate', verdict, expected)
  }
  return verdict === false ? INVALID : verdict
}
