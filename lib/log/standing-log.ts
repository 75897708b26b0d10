/**
 * A service's log as its program has it: from before the service starts until after it has stopped, over as many lives as it
 * has. What a channel writes goes where the log of the moment writes.
 */
import type { Channel } from './channel.js'
import type { Log } from './log.js'

export class StandingLog implements Log {
  readonly #current: () => Log
  readonly #channels = new Map<string, Channel>()

  /** @param current the log of the moment. */
  constructor(current: () => Log) {
    this.#current = current
  }

  channel(name: string): Channel {
    let channel = this.#channels.get(name)
    if (channel === undefined) {
      channel = new StandingChannel(() => this.#current().channel(name))
      this.#channels.set(name, channel)
    }
    return channel
  }

  flush(): Promise<void> {
    return this.#current().flush()
  }

  close(): Promise<void> {
    return this.#current().close()
  }
}

class StandingChannel implements Channel {
  readonly #current: () => Channel

  constructor(current: () => Channel) {
    this.#current = current
  }

  get enabled(): boolean {
    return this.#current().enabled
  }

  // Properties, so that a program may pass them on by themselves.
  readonly debug: Channel['debug'] = (message, fields) => this.#current().debug(message, fields)
  readonly info: Channel['info'] = (message, fields) => this.#current().info(message, fields)
  readonly warn: Channel['warn'] = (message, fields) => this.#current().warn(message, fields)
  readonly error: Channel['error'] = (message, fields) => this.#current().error(message, fields)
}
