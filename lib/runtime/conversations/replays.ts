/**
 * The handlers of a worker that is no more, on their way to where they were. All of them come there before anybody is
 * served, so that what one does meanwhile is seen by none.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { AnyClient } from '../../client/client.js'
import type { SavedClient } from '../client-state.js'
import type { DivergenceReport, EdgePort, RelayedConnection } from '../edge-port.js'
import type { Progress } from '../progress.js'
import type { Conversations } from './conversations.js'

/** A client whose handler was cut short by the end of its process. */
export interface CutShort {
  readonly client: AnyClient
  readonly connection: RelayedConnection
  readonly saved: SavedClient
  readonly journal: string
}

/** One whose turn has not come. */
interface Waiting extends CutShort {
  /** Where its session goes on if it can't be brought to where it was. */
  readonly before: Progress
}

export interface ReplaysHost {
  readonly conversations: Conversations
  readonly edge: EdgePort
  /** The handler has left the way of its journal, and its session is where it was before. */
  diverged(cut: CutShort, divergence: DivergenceReport): void
}

/** Characters of a line that are shown. */
const SHOWN = 40

function lineOf({ at, hidden, progress: { data } }: SavedClient): string | undefined {
  if (at !== 'receive' || hidden || typeof data !== 'string') return undefined
  return data.length <= SHOWN ? data : `${data.slice(0, SHOWN)}...`
}

/** So many begin in one turn of the event loop. */
export const SLICE = 10

export class Replays {
  readonly #host: ReplaysHost
  #waiting: Waiting[] = []
  /** Some handler is where it was. */
  any = false

  constructor(host: ReplaysHost) {
    this.#host = host
  }

  add(cut: CutShort): void {
    const { progress } = cut.saved
    this.#waiting.push({ ...cut, before: { ...progress } })
    // At once: should this process die while others are replayed, the next one must find the handler where it is.
    progress.at = cut.saved.at
  }

  /** Runs them. @returns those that could not be brought to where they were. */
  async run(): Promise<DivergenceReport[]> {
    const isSuspect = ({ connection }: Waiting): boolean => connection.deaths > 0
    const waiting = this.#waiting
    this.#waiting = []
    const replays: Promise<DivergenceReport | undefined>[] = []
    for (const cut of waiting.filter((cut) => !isSuspect(cut))) {
      replays.push(this.#replay(cut))
      // Those that await nothing but answers are done by then, and what they have thrown away is young: all at once
      // take a fifth longer.
      if (replays.length % SLICE === 0) await turn()
    }
    const found = await Promise.all(replays)
    // One whose input may be why its process has died is replayed alone, and the edge knows which one it is.
    for (const cut of waiting.filter(isSuspect)) {
      this.#host.edge.handling(cut.connection, false)
      await turn()
      found.push(await this.#replay(cut))
      this.#host.edge.handlingLater(cut.connection)
    }
    return found.filter((divergence) => divergence !== undefined)
  }

  async #replay(cut: Waiting): Promise<DivergenceReport | undefined> {
    const { client, journal, saved, before } = cut
    const { progress } = saved
    let replayed = this.#host.conversations.replay(client, journal, saved.state, progress.data)
    const begin = (): void => {
      Object.assign(progress, { at: saved.at, again: false, event: replayed.resumed?.event })
    }
    begin()
    let divergence = await replayed.outcome
    const second = replayed.retry()
    if (second !== undefined) {
      replayed = second
      begin()
      divergence = await replayed.outcome
    }
    if (divergence === undefined) {
      replayed.catchUp()
      progress.resumed = replayed.resumed
      this.any = true
      return undefined
    }
    replayed.drop()
    Object.assign(progress, before)
    // One handler may have many lines to deal with, as where it looks for a command.
    const report = { ...divergence, line: lineOf(saved) }
    this.#host.diverged(cut, report)
    return report
  }
}
