/** What a script of `mara bench` is: what one client does, from its connection to its end, written as a conversation is. */
import type { Connection } from '../connect/connection.js'
import type { Found, Pattern } from '../connect/pattern.js'
import { checkFunction, checkNames, checkText } from '../errors.js'
import { loadModule } from '../program/load.js'
import { checkMilliseconds } from '../wait.js'
import { BenchError } from './errors.js'

/**
 * What one client does with one connection. When it returns, the connection is closed, and the client connects anew, as
 * long as the run lasts. An error that leaves it is counted and told in the report.
 *
 * ```ts
 * import type { Script } from 'mara-ts/bench'
 *
 * const script: Script = async (peer, { ask, id }) => {
 *   await ask(`user${id}`, { label: 'login', until: 'Welcome' })
 *   for (;;) await ask('look', { until: '> ' })
 * }
 * export default script
 * ```
 */
export type Script = (peer: Connection, bench: Bench) => Promise<unknown>

/** What a script gets besides its connection. */
export interface Bench {
  /** Which client it is: 0 up to, and without, the number of clients, over all processes. */
  readonly id: number
  /** How often this client has run the script before. */
  readonly round: number
  /** Aborts when the run is over: for whatever a script waits for besides `ask` and `measure`. */
  readonly signal: AbortSignal
  /** Chance with a seed (`--seed`) and the client's id: a number from 0 up to, and without, 1. */
  readonly random: () => number
  /**
   * Sends a line and waits for the answer, which is measured. What has come before and was not read is dropped: nothing is
   * answered before it is asked.
   *
   * @returns the line that came; with `until`, the text up to and with what was waited for.
   * @throws whatever the wait ends in, which is counted; BenchOverError when the run is over.
   */
  readonly ask: (line: string, options?: AskOptions) => Promise<string>
  /**
   * Measures from the call of `fn` to its end. With `--rate`, it waits for its turn first.
   *
   * @param label what it is in the report.
   * @throws whatever `fn` throws, which is counted; TimeoutError; BenchOverError when the run is over.
   */
  readonly measure: <T>(label: string, fn: () => Promise<T>, options?: MeasureOptions) => Promise<T>
}

export interface MeasureOptions {
  /** Milliseconds; `--timeout` unless said otherwise. Then the connection is closed, since its answers would come late. */
  readonly timeout?: number | undefined
}

export interface AskOptions extends MeasureOptions {
  /** What it is in the report; 'answer' unless said otherwise. */
  readonly label?: string
  /** What ends the answer: text or a regular expression. Unless said otherwise, the end of a line. */
  readonly until?: Pattern | readonly Pattern[]
}

/** A misspelt `until` would measure up to the end of a line. @throws InvalidOptionError */
export function checkAsk(line: string, options: AskOptions): void {
  checkText('ask()', 'line', line)
  checkNames('ask()', options, ['label', 'until', 'timeout'])
}

/** @throws InvalidOptionError */
export function checkMeasure(label: string, fn: unknown, options: MeasureOptions): void {
  checkText('measure()', 'label', label)
  checkFunction('measure()', 'fn', fn)
  checkNames('measure()', options, ['timeout'])
  if (options.timeout !== undefined) checkMilliseconds('measure()', 'timeout', options.timeout)
}

/** What `ask` does with a connection. */
export async function exchange(peer: Connection, line: string, until: AskOptions['until']): Promise<string> {
  peer.write(line)
  if (until === undefined) return peer.nextLine()
  const { before, text }: Found = await peer.expect(until, { timeout: Number.POSITIVE_INFINITY })
  return before + text
}

/** What is done without a script: a line, an answer, and so on. */
export function askingScript(line: string, until: Pattern | undefined): Script {
  return async (_peer, { ask }) => {
    for (;;) await ask(line, { ...(until !== undefined && { until }) })
  }
}

/** @throws ProgramError, BenchError, or what the script's file throws. */
export async function loadScript(file: string): Promise<Script> {
  const { default: script } = (await loadModule(file)) as { default?: unknown }
  if (typeof script === 'function') return script as Script
  throw new BenchError(
    `${file} has no script: it must export a function as its default, such as ` +
      'export default async (peer, { ask }) => { ... }',
  )
}
