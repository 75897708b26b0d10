/** Streams into a client, at the speed at which it takes them. */
import { ClientDisconnectedError } from '../client/errors.js'
import type { Line, WriteOptions } from '../client/format.js'
import { checkNames, InvalidOptionError } from '../errors.js'
import { abortable } from '../wait.js'
import { takeUntil, withAbort } from './operators.js'
import { onSettled } from './settled.js'

/** What can be written to: a client, a connection of `connect`. */
export interface Sink {
  /** Resolves when it takes nothing any more. */
  readonly closed: Promise<void>
  write(line: Line, options: WriteOptions): void
  flush(): Promise<void>
}

export interface PipeOptions {
  /** Whether each line is ended with CR LF; true unless said otherwise. Bytes are never ended. */
  readonly newline?: boolean | undefined
  /** Ends it; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** How much is written before what was written must have left. */
const UNSENT = 16 * 1024

/**
 * Writes each item to a client as a line, and reads on only when the client takes what was written. The client stays open
 * when the source ends.
 *
 * @throws ClientDisconnectedError when the client goes before the source ends; the source returns then.
 * @throws the source's error, or the signal's reason.
 * @throws InvalidOptionError for what can't be written to, or read from.
 */
export async function pipe(
  source: AsyncIterable<Line>,
  client: Sink,
  options: PipeOptions = {},
): Promise<void> {
  checkSink(client)
  checkNames('pipe()', options, ['signal'], ['newline'])
  const { signal, newline = true } = options
  let isGone = false
  const gone = client.closed
  const forget = onSettled(gone, () => {
    isGone = true
  })
  // A client that takes nothing may never do so.
  const flushed = (): Promise<void> => abortable(client.flush(), signal)
  const bounded = takeUntil<Line>(gone)(signal === undefined ? source : withAbort<Line>(signal)(source))
  let unsent = 0
  try {
    for await (const line of bounded) {
      client.write(line, { newline })
      unsent += typeof line === 'string' || line instanceof Uint8Array ? line.length : 256
      if (unsent < UNSENT) continue
      unsent = 0
      await flushed()
    }
  } finally {
    forget()
  }
  if (isGone) throw new ClientDisconnectedError(client)
  await flushed()
}

function checkSink(client: Sink | null | undefined): void {
  if (typeof client?.write === 'function' && typeof client.closed?.then === 'function') return
  throw new InvalidOptionError('pipe()', 'client', client, 'a client, or a connection of connect()')
}

/**
 * The same as a function of the source, for pipelines of functions such as it-pipe's:
 * `pipe(client, map(...), sink(client))`.
 */
export function sink(
  client: Sink,
  options?: PipeOptions,
): (source: AsyncIterable<Line>, given?: Pick<PipeOptions, 'signal'>) => Promise<void> {
  checkSink(client)
  // Node gives the functions of a `pipeline` its signal.
  return (source, given) => pipe(source, client, { ...options, signal: options?.signal ?? given?.signal })
}
