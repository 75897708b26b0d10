/**
 * The conversations of a service under an angel: what each handler is given is written down for the edge, and a process that
 * comes after another brings its handlers to where they were.
 */
import type { AnyClient } from '../../client/client.js'
import type { JournalChange } from '../../conversation/journal.js'
import type { Event } from '../../events/event.js'
import type { HandlerRuns } from '../dispatcher.js'
import type { SessionConversations } from '../session.js'
import {
  type ConversationsHost,
  type Replayed,
  SessionConversation,
  type TakenBack,
} from './session-conversation.js'

export class Conversations implements SessionConversations {
  readonly #host: ConversationsHost
  readonly #sessions = new WeakMap<AnyClient, SessionConversation>()

  constructor(host: ConversationsHost) {
    this.#host = host
  }

  begin(client: AnyClient, event: Event): HandlerRuns {
    return this.#of(client).begin(event)
  }

  end(client: AnyClient): void {
    this.#sessions.get(client)?.end()
  }

  /** Whether a handler of the client's that runs has begun this work. */
  hasBegun(client: AnyClient, work: object): boolean {
    return this.#sessions.get(client)?.hasBegun(work) ?? false
  }

  /** What is new in the client's journal; undefined where nothing is. */
  changeOf(client: AnyClient): JournalChange | undefined {
    return this.#sessions.get(client)?.journal.take()
  }

  /** The edge has a journal of the client's, which is of no use. */
  forget(client: AnyClient, text: string): void {
    this.#add(client, text).journal.cut(0)
  }

  /** Takes the last line that a handler was given out of its journal, with all that came of it. */
  takeBack(client: AnyClient, text: string): TakenBack | undefined {
    return this.#of(client, text).takeBack(text)
  }

  /** Reads the journal that another process has left, ahead of `replay`. */
  prepare(client: AnyClient, text: string): void {
    try {
      this.#add(client, text).read(text)
    } catch {
      // `replay` says so when it matters.
    }
  }

  /**
   * Runs a handler of another process again.
   *
   * @param text the client's journal.
   * @param state `client.state` as it was when the process ended.
   * @param data the line or chunk, where it is a handler of `Receive`.
   */
  replay(client: AnyClient, text: string, state: string, data: string | Uint8Array | undefined): Replayed {
    const session = this.#of(client, text)
    try {
      return session.replay(text, state, data)
    } catch (error) {
      const reason = (error as Error).message
      const divergence = { client: String(client), event: '', handler: '', question: 0, reason }
      const nothing = (): void => {}
      const outcome = Promise.resolve(divergence)
      const drop = (): void => session.journal.cut(0)
      return { resumed: undefined, outcome, catchUp: nothing, retry: () => undefined, drop }
    }
  }

  /** @param journal what another process has left, where that was not read ahead. */
  #of(client: AnyClient, journal = ''): SessionConversation {
    return this.#sessions.get(client) ?? this.#add(client, journal)
  }

  /** @param journal what another process has left of it. */
  #add(client: AnyClient, journal = ''): SessionConversation {
    const session = new SessionConversation(client, this.#host, Buffer.byteLength(journal))
    this.#sessions.set(client, session)
    return session
  }
}
