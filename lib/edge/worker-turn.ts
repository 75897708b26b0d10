/**
 * The turn that a worker is in: what its connections write and what is to be remembered, gathered until the turn ends and
 * leaves as one frame.
 */
import { setImmediate } from 'node:timers'
import type { Description } from '../runtime/edge-port.js'
import type { Relayed, RelayHost } from './relayed-connection.js'
import { TurnWriter } from './turn.js'

export interface WorkerTurnHost {
  /** What is to be remembered of a connection; undefined where nobody serves it. */
  describe(connection: Relayed): Description | undefined
  /** So much of a connection's input is not acknowledged that it is to be soon, whether a line of it was handled or not. */
  isLate(connection: Relayed): boolean
  /** @param left is called when the frame has left the process. */
  send(frame: Buffer, left: () => void): void
  /** The event loop has turned: the turn is to end, if it may. */
  ending(): void
}

export class WorkerTurn implements RelayHost {
  readonly #host: WorkerTurnHost
  readonly #writer = new TurnWriter()
  readonly #touched: Relayed[] = []
  /** Output that is the same for several connections, one after another. */
  #shared: { data: Uint8Array; connections: number[] } | undefined
  /** Connections with a write in the turn, once for each write. */
  #leaving: Relayed[] = []
  /** A turn that the executor does not know of is to be ended. */
  #soonAsked = false

  constructor(host: WorkerTurnHost) {
    this.#host = host
  }

  /** Sends it, and begins the next one. */
  end(): void {
    for (const connection of this.#touched) this.#describe(connection)
    this.#touched.length = 0
    this.#endShared()
    if (this.#writer.empty) return
    const leaving = this.#leaving
    this.#leaving = []
    this.#host.send(this.#writer.finish(), () => {
      for (const connection of leaving) connection.left()
    })
  }

  keep(key: string, text: string): void {
    this.#writer.keep(key, text)
    this.#soon()
  }

  forget(key: string): void {
    this.#writer.forget(key)
    this.#soon()
  }

  // --- What connections do

  output(connection: Relayed, data: string | Uint8Array): void {
    this.touch(connection)
    if (typeof data === 'string') {
      this.#endShared()
      this.#writer.output(connection.id, data)
    } else if (this.#shared?.data === data) {
      this.#shared.connections.push(connection.id)
    } else {
      this.#endShared()
      this.#shared = { data, connections: [connection.id] }
    }
  }

  close(connection: Relayed): void {
    this.#endShared()
    this.touch(connection)
    this.#writer.end(connection.id)
    this.#soon()
  }

  destroy(connection: Relayed): void {
    this.#endShared()
    this.#writer.destroy(connection.id)
    this.#soon()
  }

  release(connection: Relayed): void {
    this.#endShared()
    this.#writer.release(connection.id)
    this.#soon()
  }

  touch(connection: Relayed): void {
    if (connection.touchedInTurn) return
    connection.touchedInTurn = true
    this.#touched.push(connection)
    this.#soon()
  }

  read(connection: Relayed): void {
    if (this.#host.isLate(connection)) this.touch(connection)
  }

  whenLeft(connection: Relayed): void {
    this.#leaving.push(connection)
  }

  /** A turn that the executor does not know of ends with the event loop's. */
  #soon(): void {
    if (this.#soonAsked) return
    this.#soonAsked = true
    setImmediate(() => {
      this.#soonAsked = false
      this.#host.ending()
    })
  }

  #endShared(): void {
    if (this.#shared === undefined) return
    const { data, connections } = this.#shared
    this.#shared = undefined
    if (connections.length === 1) this.#writer.output(connections[0] as number, data)
    else this.#writer.broadcast(connections, data)
  }

  /** Writes down what is to be remembered of a connection. */
  #describe(connection: Relayed): void {
    connection.touchedInTurn = false
    const description = connection.abandoned ? undefined : this.#host.describe(connection)
    if (description === undefined) return
    const { taken, complete, busy, state, journal } = description
    if (complete) {
      if (connection.seen > 0 || connection.takenBefore !== taken) {
        this.#writer.position(connection.id, { acknowledged: connection.seen, seen: 0, taken: 0 })
      }
      connection.seen = 0
      connection.chunks = 0
      connection.takenBefore = taken
    } else {
      const position = { acknowledged: 0, seen: connection.seen, taken: taken - connection.takenBefore }
      this.#writer.position(connection.id, position)
    }
    if (state !== undefined) this.#writer.state(connection.id, busy, state)
    if (journal !== undefined) this.#writer.journal(connection.id, journal.keep, journal.text)
  }
}
