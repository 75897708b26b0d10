/** What a process that is to serve next rehearses while another one still serves, each of it once. */
import type { ConnectionManager } from './connection-manager.js'
import type { InheritedConnection } from './edge-port.js'
import type { Executor } from './executor.js'
import { type ManagerParts, rehearseLines } from './line-rehearsal.js'
import { mayRehearse, rehearse, worthRehearsing } from './rehearsal.js'

export interface RehearsalsHost {
  newExecutor(): Executor
  /** Makes one that shares with the service what `parts` does not name. */
  newManager(parts: Partial<ManagerParts>): ConnectionManager
}

export class Rehearsals {
  readonly #host: RehearsalsHost
  #areLinesDone = false
  #areConversationsDone = false

  constructor(host: RehearsalsHost) {
    this.#host = host
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
    await rehearseLines((parts) => this.#host.newManager(parts))
  }

  async #conversations(): Promise<void> {
    if (this.#areConversationsDone) return
    this.#areConversationsDone = true
    const executor = this.#host.newExecutor()
    const nobodys = this.#host.newManager({ executor })
    await rehearse({
      executor,
      makeClient: (connection, saved) => nobodys.prepare(connection, undefined, saved),
    })
  }
}
