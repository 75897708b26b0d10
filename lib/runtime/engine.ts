/**
 * What serves the clients of a run: who runs next, what connections there are, and, under an angel, how they go from one
 * process to the next. A process that takes back what it had handed over serves with a new one.
 */
import type { AnyClient } from '../client/client.js'
import type { ClientContainer } from '../client/container.js'
import type { Clock } from '../clock.js'
import { InputDropped } from '../events/catalogue.js'
import type { Counters } from '../observability/counters.js'
import { bytes, lines } from '../protocol/index.js'
import type { CoreSettings } from '../settings/index.js'
import type { Persistence } from '../storage/persistence.js'
import { type TelnetOption, TelnetSettings } from '../telnet/index.js'
import type { ServiceTexts } from '../texts.js'
import type { Server } from '../transport/server.js'
import { ConnectionManager } from './connection-manager.js'
import { dryConversations } from './conversations/dry-conversations.js'
import type { EdgePort } from './edge-port.js'
import type { EventHub } from './event-hub.js'
import { Executor } from './executor.js'
import { namesOf } from './named-objects.js'
import type { ManagerParts } from './takeover/line-rehearsal.js'
import { Takeover } from './takeover/takeover.js'

export interface EngineParts {
  readonly events: EventHub<unknown, string | Uint8Array>
  readonly clock: Clock
  readonly clients: ClientContainer<unknown, string | Uint8Array>
  readonly stores: Persistence
  readonly telnetOptions: readonly TelnetOption[] | undefined
  readonly texts: ServiceTexts
  readonly counters: Counters
}

export class Engine {
  readonly executor: Executor
  readonly connections: ConnectionManager
  /** Undefined where no edge holds the connections. */
  takeover: Takeover | undefined
  readonly #settings: CoreSettings
  readonly #parts: EngineParts

  constructor(settings: CoreSettings, parts: EngineParts) {
    this.#settings = settings
    this.#parts = parts
    this.executor = new Executor(settings, parts.clock)
    this.connections = this.newConnectionManager()
  }

  /** @param parts what it does not share with the service. */
  newConnectionManager(parts: Partial<ManagerParts> = {}): ConnectionManager {
    const settings = this.#settings
    const { raw, drain, sanitize, telnetOffers, maxSubnegotiation, maxTelnetReplies } = settings
    const { clock, texts, telnetOptions: options } = this.#parts
    const { executor, clients, counters, events } = { executor: this.executor, ...this.#parts, ...parts }
    const telnet = settings.telnet
      ? new TelnetSettings({ maxSubnegotiation, maxTelnetReplies, clock, options })
      : undefined
    const shared = { executor, clock, counters, texts, limits: settings, protocol: raw ? bytes : lines }
    const warn = (message: string): void => this.#warn('server', message)
    return new ConnectionManager(clients, { ...shared, drain, sanitize, telnet, telnetOffers, warn }, events)
  }

  /** Another process goes on after this one. @param servers of the one before, where this process takes back. */
  attach(edge: EdgePort, servers?: Map<string, Server>): Takeover {
    const { events } = this.#parts
    const host = {
      ...this.#parts,
      settings: this.#settings,
      executor: this.executor,
      dropped: (client: AnyClient, data: string | Uint8Array) => {
        this.#warn('angel', `Input of ${client} was dropped, since it ended the process twice`)
        void events.trigger(new InputDropped({ client, data }))
      },
      warn: (message: string) => this.#warn('angel', message),
    }
    const takeover = new Takeover(edge, this.connections, host, servers)
    this.executor.onTurnEnd = () => takeover.endTurn()
    this.takeover = takeover
    return takeover
  }

  /** No other process goes on after this one: see `dryConversations`. */
  stayDry(): void {
    const { events, stores } = this.#parts
    this.connections.conversations = dryConversations({
      executor: this.executor,
      events,
      names: namesOf(this.connections, stores),
      warn: (message) => this.#warn('service', message),
    })
  }

  #warn(channel: string, message: string): void {
    this.#parts.events.log.channel(channel).warn(message)
  }
}
