/**
 * Between the connections and the worker that serves them: what peers send goes to the worker as frames, and each turn of
 * the worker's is applied to the table, whole or not at all.
 *
 * What must stay true: a worker that comes after another finds everything that the edge has not seen dealt with.
 */
import type { Duplex } from 'node:stream'
import { Blame } from './blame.js'
import type { Connection } from './connection.js'
import { ConnectionTable, type TableHost, type TableLimits } from './connection-table.js'
import { closed, dataHead, kept, message, notice, type Origin, open } from './frames.js'
import type { WorkerSettings } from './messages.js'
import { Precopy } from './precopy.js'
import { readTurn } from './turn.js'

/** Where frames go: a worker. */
export interface FrameSink {
  /** @param parts of frames, one after another. */
  send(...parts: Buffer[]): void
}

/** Bytes of state in all. A service that runs away must not take the edge with it. */
const MAX_STATE = 1024 * 1024 * 1024
/** With more than that, a spare worker is told of clients only when it serves: it would hold all of it once more. */
const MAX_SPARE_STATE = 64 * 1024 * 1024

/** Until a worker has said otherwise. */
const LIMITS: TableLimits = { window: 512 * 1024, maxUnsent: 1024 * 1024, maxState: MAX_STATE }

/**
 * Why no worker serves: it has handed over, it was killed by a signal from outside, or it failed, as some input may have
 * made it do.
 */
export type DetachCause = 'handed over' | 'killed' | 'failed'

export interface EdgeHost {
  /** Whether the worker wants connections of this listener. */
  wants(worker: FrameSink, listener: string): boolean
  warn(message: string): void
}

export class Edge implements TableHost {
  readonly #host: EdgeHost
  readonly #table = new ConnectionTable(LIMITS, this)
  readonly #blame = new Blame(this.#table)
  #worker: FrameSink | undefined
  /** What those know already that are to serve next. */
  readonly #precopies = new WeakMap<FrameSink, Precopy>()

  constructor(host: EdgeHost) {
    this.#host = host
  }

  get size(): number {
    return this.#table.size
  }

  accept(duplex: Duplex, origin: Origin): void {
    const connection = this.#table.add(duplex, origin)
    const worker = this.#worker
    if (worker !== undefined && this.#host.wants(worker, origin.listener)) this.#tell(connection, worker)
  }

  /** Some handler would have to be brought to where it is, were the worker replaced now. */
  get hasConversations(): boolean {
    return this.journalLength > 0
  }

  /** Bytes of all journals. */
  get journalLength(): number {
    let sum = 0
    for (const { journalLength } of this.#table) sum += journalLength
    return sum
  }

  /** Tells a worker everything as it is now, to be tried out. Another one goes on serving. */
  copyTo(worker: FrameSink): void {
    for (const connection of this.#table.unreleased()) this.#describe(connection, worker)
    for (const [key, value] of this.#table.kept) worker.send(kept(key, value))
    worker.send(message({ name: 'preflight' }))
  }

  /**
   * Tells a worker that is to serve next how things are by now. Another one goes on serving.
   *
   * @returns whether there was anything worth telling: then it says once more when it is ready.
   */
  precopyTo(worker: FrameSink): boolean {
    if (this.#worker === undefined) return false
    const changed = this.#precopyOf(worker).round(this.#table)
    if (changed.length === 0) return false
    this.#sendPrecopy(worker, changed)
    return true
  }

  /**
   * Tells a spare worker of some clients that are likely to stay as they are, so that less is left to tell it should the one
   * that serves die. It is to be called again whenever the worker has nothing to do.
   *
   * @param now milliseconds since the epoch
   */
  freshen(worker: FrameSink, now = Date.now()): void {
    if (this.#worker === undefined || this.#table.toTell > MAX_SPARE_STATE) return
    const precopy = this.#precopyOf(worker)
    const changed = precopy.quiet(this.#table, now)
    const gone = precopy.takeGone(this.#table)
    if (changed.length > 0 || gone.length > 0) this.#sendPrecopy(worker, changed, gone)
  }

  #precopyOf(worker: FrameSink): Precopy {
    const precopy = this.#precopies.get(worker) ?? new Precopy()
    this.#precopies.set(worker, precopy)
    return precopy
  }

  #sendPrecopy(worker: FrameSink, changed: readonly Connection[], gone: readonly number[] = []): void {
    for (const connection of changed) this.#describe(connection, worker)
    worker.send(message({ name: 'precopy', gone }))
  }

  /** From now on this worker serves: it is told of everything that it does not know, and then that it may begin. */
  handTo(
    worker: FrameSink,
    settings: WorkerSettings,
    go: { restart: boolean; crash: boolean; since: number; stop?: boolean },
  ): void {
    const { window, maxUnsent } = settings
    this.#table.setLimits({ window, maxUnsent, maxState: MAX_STATE })
    this.#worker = worker
    const precopy = this.#precopies.get(worker)
    this.#precopies.delete(worker)
    for (const connection of this.#table.unreleased()) {
      if (precopy?.knows(connection)) this.#table.tell(connection)
      else this.#tell(connection, worker)
    }
    for (const [key, value] of this.#table.kept) worker.send(kept(key, value))
    worker.send(message({ name: 'go', ...go, gone: precopy?.takeGone(this.#table) ?? [] }))
  }

  /** Nobody serves: what peers send waits. */
  detach(cause: DetachCause): void {
    this.#worker = undefined
    if (cause === 'handed over') this.#blame.detached()
    else this.#blame.crashed(cause === 'killed')
  }

  handling(connection: number, done: boolean, later?: boolean): void {
    this.#blame.handling(connection, done, later)
  }

  /** If the worker that serves dies now, it is of what this connection's conversation has begun. */
  blame(connection: number | undefined): void {
    this.#blame.accuse(connection)
  }

  /** A turn of the worker that serves. @throws FrameError: then nothing of it was applied. */
  turn(records: Buffer): void {
    this.#table.apply(readTurn(records))
    this.#blame.survived()
  }

  /** Closes those that the worker has not been told of, since it does not listen there. */
  closeUntold(): void {
    for (const connection of this.#table) if (!connection.told) connection.duplex.destroy()
  }

  closeAll(): void {
    this.#table.closeAll()
  }

  #tell(connection: Connection, worker: FrameSink): void {
    this.#describe(connection, worker)
    this.#table.tell(connection)
  }

  #describe(connection: Connection, worker: FrameSink): void {
    const { id, origin, lastInput, seen, taken, deaths, state } = connection
    const journal = Buffer.concat(connection.journal)
    worker.send(open({ connection: id, ...origin, lastInput, seen, taken, deaths, state, journal }))
    for (const chunk of connection.unacknowledged()) worker.send(dataHead(id, chunk.length), chunk)
    if (connection.stuck) worker.send(notice('stuck', id))
    if (connection.peerHasEnded) worker.send(notice('end', id))
    if (connection.gone) worker.send(closed(id, connection.exceeded))
  }

  // --- From the table

  data(connection: Connection, bytes: Buffer): void {
    if (connection.told) this.#worker?.send(dataHead(connection.id, bytes.length), bytes)
  }

  ended(connection: Connection): void {
    if (connection.told) this.#worker?.send(notice('end', connection.id))
  }

  closed(connection: Connection): void {
    if (connection.told) this.#worker?.send(closed(connection.id, connection.exceeded))
  }

  stuck(connection: Connection): void {
    this.#worker?.send(notice('stuck', connection.id))
  }

  drained(connection: Connection): void {
    this.#worker?.send(notice('drained', connection.id))
  }

  warn(message: string): void {
    this.#host.warn(message)
  }
}
