/** What a conversation is played on where a program's real processes are to be restarted and killed. */
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Address } from '../transport/server.js'
import type { AngelProcess } from './angel-process.js'
import type { Theatre } from './theatre.js'

/** Opens a connection to a service. `number` counts the clients of a performance, from 0. */
export type Dial = (addresses: readonly Address[], number: number) => Duplex | PromiseLike<Duplex>

/** Milliseconds without a byte after which everything that was under way has arrived. */
const QUIET = 100

export class ProcessTheatre implements Theatre {
  readonly #open: () => Promise<AngelProcess>
  readonly #close: (angel: AngelProcess) => Promise<void>
  readonly #dial: Dial
  readonly #sockets: Duplex[] = []
  #angel!: AngelProcess
  #clients = 0
  #received = 0
  #stopping = false
  /** Why somebody could not be connected. */
  #failure: { readonly error: unknown } | undefined

  /**
   * @param open gives the angel to play on.
   * @param close takes it back, when everybody has left.
   */
  constructor(
    open: () => Promise<AngelProcess>,
    close: (angel: AngelProcess) => Promise<void>,
    dial: Dial = firstServer,
  ) {
    this.#open = open
    this.#close = close
    this.#dial = dial
  }

  async start(): Promise<void> {
    this.#angel = await this.#open()
  }

  accept(duplex: Duplex): void {
    // It ends, whatever it was that ended it.
    duplex.on('error', () => {})
    this.#connect(duplex, this.#clients++).catch((error) => {
      if (!this.#stopping) this.#failure ??= { error }
      duplex.destroy()
    })
  }

  async #connect(duplex: Duplex, number: number): Promise<void> {
    const socket = await this.#dial(await this.#angel.addresses(), number)
    this.#sockets.push(socket)
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.length
    })
    socket.on('error', (error) => duplex.destroy(error))
    duplex.on('error', () => socket.destroy())
    socket.pipe(duplex).pipe(socket)
  }

  restart(): Promise<void> {
    return this.#angel.restart()
  }

  crash(): Promise<void> {
    return this.#angel.crash()
  }

  async settle(isMoment = false): Promise<void> {
    if (!isMoment) return
    for (let before = -1; before !== this.#received; ) {
      before = this.#received
      await pause(QUIET)
    }
  }

  /** @throws what `dial` has thrown: what came of it in the play says nothing. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const socket of this.#sockets) socket.destroy()
    await this.#close(this.#angel)
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

const firstServer: Dial = ([address]) => net.connect(address as net.NetConnectOpts)
