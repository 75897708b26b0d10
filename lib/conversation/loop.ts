/** Conversations without an end: of all that was said, only where they stand now is kept. */
import { checkFunction, InvalidOptionError } from '../errors.js'
import { followAlways } from './context.js'
import { currentConversation } from './conversation.js'
import type { LoopPlace } from './loops.js'

followAlways()

/** What a loop gets its lines from. */
export interface LoopClient<Line> extends AsyncIterable<Line> {
  nextLine(): Promise<Line>
}

/** Ends a loop. */
export class Leave<State> {
  readonly state: State

  constructor(state: State) {
    this.state = state
  }
}

/** What a round of a loop gives to end it: `return leave(state)`. */
export function leave<State>(state: State): Leave<State> {
  return new Leave(state)
}

/**
 * Gives `fn` each line that the client sends, with the state that `fn` gave for the line before. However many lines there
 * are, a restart needs no more than the last state.
 *
 * ```ts
 * const score = await loop(client, { right: 0 }, async (state, line) => {
 *   if (line === 'quit') return leave(state)
 *   return { right: state.right + (line === '42' ? 1 : 0) }
 * })
 * ```
 *
 * @param state plain data, as `client.state` is; not `undefined`.
 * @returns the last state, when `fn` gives `leave(state)`, or when the client has gone and all its lines are read.
 * @throws InvalidOptionError without a client or a function; what `fn` throws; StepError where a state could not be restored as it is.
 */
export async function loop<State, Line>(
  client: LoopClient<Line>,
  state: State,
  fn: (state: State, line: Line) => State | Leave<State> | PromiseLike<State | Leave<State>>,
): Promise<State> {
  if (typeof (client as LoopClient<Line> | null | undefined)?.[Symbol.asyncIterator] !== 'function')
    throw new InvalidOptionError('loop()', 'client', client, 'a client')
  checkFunction('loop()', 'fn', fn)
  const conversation = currentConversation()
  const place: LoopPlace | undefined = await conversation?.beginLoop()
  let current = place?.known === undefined ? state : (place.known.state as State)
  if (place?.over) return current
  const run = async (): Promise<void> => {
    for await (const line of client) {
      const next = await fn(current, line)
      if (next instanceof Leave) {
        current = next.state
        break
      }
      current = next
      if (place !== undefined) conversation?.endRound(place, current)
    }
  }
  if (conversation === undefined || place === undefined) {
    await run()
    return current
  }
  try {
    await conversation.runLoop(place, run)
  } catch (error) {
    conversation.failLoop(place)
    throw error
  }
  conversation.endLoop(place, current)
  return current
}
