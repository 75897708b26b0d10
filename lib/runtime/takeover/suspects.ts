/**
 * Clients whose input may be the reason why the worker before has died. They are served one after another, each by itself:
 * should this worker die, too, the edge knows whose input it was. What has ended the process twice is dropped.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { type AnyClient, channelOf } from '../../client/client.js'
import type { Clock } from '../../clock.js'
import { dismiss, type ServiceTexts, tell } from '../../texts.js'
import { until } from '../../wait.js'
import type { SavedClient } from '../client-state.js'
import type { TakenBack } from '../conversations/session-conversation.js'
import type { EdgePort, RelayedConnection } from '../edge-port.js'
import { beginNothing, isBusy, type Progress } from '../progress.js'

export interface SuspectsHost {
  readonly edge: EdgePort
  readonly clock: Clock
  readonly executor: { lineBudget: number }
  readonly texts: ServiceTexts
  progressOf(client: AnyClient): Progress | undefined
  /** Takes the last line out of a conversation, with all that came of it; undefined where it was given none. */
  takeBack(client: AnyClient, journal: string): TakenBack | undefined
  /** Input of this client's was dropped. */
  dropped(client: AnyClient, data: string | Uint8Array): void
  /** The worker is being replaced. */
  isStanding(): boolean
  warn(message: string): void
}

interface Served {
  readonly connection: RelayedConnection
  /** How much of its input had been dealt with when the edge was last told. */
  done: number
  isCurrent: boolean
}

/** How long others wait in all, in milliseconds. */
const TIMEOUT = 1_000

export class Suspects {
  readonly #host: SuspectsHost
  readonly #connections = new Map<AnyClient, RelayedConnection>()
  readonly #newcomers: {
    readonly connection: RelayedConnection
    readonly letIn: () => AnyClient | undefined
  }[] = []
  /** Those of whom the edge knows that they are being served: the current one, and those who were still at work after their time. */
  readonly #served = new Map<AnyClient, Served>()

  constructor(host: SuspectsHost) {
    this.#host = host
  }

  get clients(): ReadonlySet<AnyClient> {
    return new Set(this.#connections.keys())
  }

  /**
   * @param journal of the conversation under way; empty where there is none.
   * @returns the journal with which it goes on: without what has ended the process twice. Empty where it begins again;
   * undefined where the client is let go.
   */
  add(
    client: AnyClient,
    connection: RelayedConnection,
    saved: Pick<SavedClient, 'at' | 'asked'>,
    journal: string,
  ): string | undefined {
    this.#connections.set(client, connection)
    return connection.deaths > 1 ? this.#dropReason(client, connection, saved, journal) : journal
  }

  /** Nothing of a client's input is handled: the service stops before its turn comes. */
  leaveOut(client: AnyClient, connection: RelayedConnection): void {
    this.#connections.set(client, connection)
  }

  /** A connection that no worker has come to serve. @param letIn makes a client of it; undefined where that may not be. */
  addNewcomer(connection: RelayedConnection, letIn: () => AnyClient | undefined): void {
    this.#newcomers.push({ connection, letIn })
  }

  /** @param resume begins to serve a client. */
  async serve(resume: (client: AnyClient) => void): Promise<void> {
    const { executor, clock, edge, isStanding } = this.#host
    const { lineBudget } = executor
    // A line a turn, so that what was handled well is not handled again.
    executor.lineBudget = 1
    const deadline = clock.now() + TIMEOUT
    const serveOne = async (
      connection: RelayedConnection,
      begin: () => AnyClient | undefined,
    ): Promise<void> => {
      // What is left is the next worker's; should this one take back, it is told of them anew.
      if (isStanding()) return
      edge.handling(connection, false)
      const client = begin()
      if (client === undefined) return
      const served = { connection, done: this.#doneOf(client), isCurrent: true }
      this.#served.set(client, served)
      const isDone = (): boolean => {
        const { unread, finished } = channelOf(client).inbox
        if (unread > 0 || this.#isBusy(client)) return false
        // What is left of one that has gone is its Disconnect.
        return !(finished || connection.leaving) || this.#host.progressOf(client) === undefined
      }
      // Mostly it takes a turn or two.
      for (let turns = 0; turns < 5 && !isDone(); turns++) await turn()
      // No more than in all, where the clock was set back.
      await until(isDone, Math.min(TIMEOUT, Math.max(0, deadline - clock.now())), clock)
      served.isCurrent = false
      // One that is still at work stays under suspicion until it has done; the others need not wait for it.
      if (!isDone()) return
      this.#served.delete(client)
      edge.handling(connection, true)
    }
    for (const [client, connection] of this.#connections) {
      this.#connections.delete(client)
      await serveOne(connection, () => {
        resume(client)
        return client
      })
    }
    for (const { connection, letIn } of this.#newcomers.splice(0)) await serveOne(connection, letIn)
    executor.lineBudget = lineBudget
  }

  /** A turn is over. Each line that was handled well is cleared by itself: the next one may be another reason to die. */
  turnEnds(): void {
    for (const [client, served] of this.#served) {
      const before = served.done
      served.done = this.#doneOf(client)
      // It is less where a handler that waited for a line has gone on to work: that is no line dealt with.
      if (served.done <= before && this.#host.progressOf(client) !== undefined) continue
      this.#host.edge.handling(served.connection, true)
      if (served.isCurrent) this.#host.edge.handling(served.connection, false)
      else this.#served.delete(client)
    }
  }

  /** How many of its lines need not be handled any more. */
  #doneOf(client: AnyClient): number {
    return channelOf(client).inbox.taken - (this.#isBusy(client) ? 1 : 0)
  }

  #isBusy(client: AnyClient): boolean {
    const progress = this.#host.progressOf(client)
    return progress !== undefined && isBusy(client, progress)
  }

  /** What has ended the process twice is not handled a third time. */
  #dropReason(
    client: AnyClient,
    connection: RelayedConnection,
    { at, asked }: Pick<SavedClient, 'at' | 'asked'>,
    journal: string,
  ): string | undefined {
    const progress = this.#host.progressOf(client)
    // A handler that was at work, and did not wait for a line, was at work on the last one that it was given.
    const takenBack =
      asked || journal === '' || connection.deaths > 2 ? undefined : this.#host.takeBack(client, journal)
    const drop = (data: string | Uint8Array): void => {
      tell(client, this.#host.texts.inputDropped)
      this.#host.dropped(client, data)
    }
    const reason = takenBack?.data ?? (asked ? undefined : progress?.data)
    if (reason !== undefined) {
      drop(reason)
      // It is gone. Should another client end this process as well, the next one is not to look for it again.
      this.#host.edge.handling(connection, true)
      if (takenBack !== undefined) return takenBack.journal
      ;(progress as Progress).data = undefined
      return ''
    }
    if (connection.deaths === 2) {
      // A handler that has read nothing begins again: that is no line's fault.
      if (!asked && at !== 'idle') return ''
      channelOf(client).inbox.dropNext(drop)
      return journal
    }
    this.#host.warn(`${client} is disconnected: whenever it is served, the process dies`)
    dismiss(client, this.#host.texts.cannotServe)
    beginNothing(progress as Progress)
    return undefined
  }
}
