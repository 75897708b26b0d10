/** What a process that is to serve next rehearses while another one still serves, each of it once. */
import type { ConnectionManager } from '../connection-manager.js'
import type { InheritedConnection } from '../edge-port.js'
import { Executor } from '../executor.js'
import { type ManagerParts, rehearseLines } from './line-rehearsal.js'
import { mayRehearse, rehearse, worthRehearsing } from './rehearsal.js'

export class Rehearsals {
  readonly #newManager: (parts: Partial<ManagerParts>) => ConnectionManager
  #areLinesDone = false
  #areConversationsDone = false

  /** @param newManager makes one that shares with the service what `parts` does not name. */
  constructor(newManager: (parts: Partial<ManagerParts>) => ConnectionManager) {
    this.#newManager = newManager
  }

  /** For a spare process, which has time until it is needed. */
  async spare(): Promise<void> {
    if (mayRehearse()) await this.#lines()
  }

  /** @param connections what it would go on with, were it to serve now. */
  async prepare(connections: readonly InheritedConnection[]): Promise<void> {
    const worth = worthRehearsing(connections)
    if (worth.lines) await this.#lines()
    if (worth.conversations) await this.#conversations()
  }

  async #lines(): Promise<void> {
    if (this.#areLinesDone) return
    this.#areLinesDone = true
    await rehearseLines(this.#newManager)
  }

  async #conversations(): Promise<void> {
    if (this.#areConversationsDone) return
    this.#areConversationsDone = true
    const executor = new Executor()
    const nobodys = this.#newManager({ executor })
    await rehearse({
      executor,
      makeClient: (connection, saved) => nobodys.prepare(connection, undefined, saved),
    })
  }
}
