/** Carries out what the supervisor orders, and tells it what happens: processes, alarms, the log, answers. */
import type { Alarm, Clock } from '../clock.js'
import type { Edge } from '../edge/edge.js'
import { RestartFailedError } from '../runtime/errors.js'
import type { AngelLog } from './angel-log.js'
import type { Listeners } from './listeners.js'
import type { Reserve } from './reserve.js'
import { transition } from './supervisor.js'
import {
  type Command,
  initialState,
  type Restarted,
  type SupervisorEvent,
  type SupervisorState,
  workerOf,
} from './supervisor-state.js'
import type { WorkerCommand } from './worker-command.js'
import { type WorkerEnd, type WorkerHost, WorkerProcess } from './worker-process.js'

export interface SupervisionOptions {
  readonly command: () => WorkerCommand
  readonly clock: Clock
  /** See `initialState`. */
  readonly healthy: number | undefined
  readonly edge: Edge
  readonly listeners: Listeners
  /** For what workers seal, in base64. */
  readonly key: string
  readonly log: AngelLog
  /** Of file descriptors, for the start of a worker. */
  readonly reserve: Reserve
  /** Hears what workers say. */
  readonly host: WorkerHost
  /** No process is left, and none will be started. */
  readonly onEnd: (exitCode: number) => void
  /** A command could not be carried out. */
  readonly onError: (error: unknown) => void
}

interface Asker {
  resolve(restarted: Restarted): void
  reject(error: RestartFailedError): void
}

export class Supervision {
  readonly #options: SupervisionOptions
  #state: SupervisorState
  readonly #workers = new Map<number, WorkerProcess>()
  readonly #alarms = new Map<number, Alarm>()
  readonly #askers = new Map<number, Asker>()
  #lastRequest = 0
  /** Carrying out one event's commands may raise another event, which waits for its turn. */
  readonly #events: SupervisorEvent[] = []
  #busy = false

  constructor(options: SupervisionOptions) {
    this.#options = options
    this.#state = initialState(options.healthy)
  }

  get state(): SupervisorState {
    return this.#state
  }

  get serving(): WorkerProcess | undefined {
    return this.#workers.get(this.#state.serving ?? 0)
  }

  get next(): WorkerProcess | undefined {
    return this.#workers.get(this.#state.next ?? 0)
  }

  /** One that is ready to take the place of the one that serves. */
  get spare(): WorkerProcess | undefined {
    const spare = workerOf(this.#state, this.#state.spare)
    return spare?.stage === 'ready' ? this.#workers.get(spare.number) : undefined
  }

  /** Whether its process has not ended. */
  has(worker: WorkerProcess): boolean {
    return this.#workers.get(worker.number) === worker
  }

  tell(event: SupervisorEvent): void {
    this.#events.push(event)
    if (this.#busy) return
    this.#busy = true
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      const { clock, edge } = this.#options
      const timed = { ...next, at: clock.now(), clients: edge.size }
      const { state, commands } = transition(this.#state, timed)
      this.#state = state
      for (const command of commands) {
        try {
          this.#carryOut(command)
        } catch (error) {
          // The others are to be carried out all the same.
          this.#options.onError(error)
        }
      }
    }
    this.#busy = false
  }

  /**
   * @param asker the worker that asks, where one does.
   * @throws RestartFailedError
   */
  restart(asker?: WorkerProcess): Promise<Restarted> {
    return new Promise((resolve, reject) => {
      this.#lastRequest += 1
      this.#askers.set(this.#lastRequest, { resolve, reject })
      this.tell({ type: 'restart', request: this.#lastRequest, asker: asker?.number })
    })
  }

  ended(worker: WorkerProcess, { how, exitCode, killed }: WorkerEnd): void {
    const { number } = worker
    this.#workers.delete(number)
    this.#options.listeners.forget(worker)
    this.tell({ type: 'ended', worker: number, how, exitCode, killed })
  }

  #carryOut(command: Command): void {
    const { clock, edge, listeners, log, onEnd } = this.#options
    switch (command.type) {
      case 'spawn':
        this.#spawn(command.worker)
        break
      case 'kill':
        this.#workers.get(command.worker)?.kill()
        break
      case 'detach':
        edge.detach(command.cause)
        break
      case 'go':
        this.#go(command)
        break
      case 'hand-over':
      case 'leave':
      case 'stop':
        this.#workers.get(command.worker)?.tell({ name: command.type })
        break
      case 'release-listeners':
        listeners.forget(this.#workers.get(command.worker) as WorkerProcess)
        break
      case 'prune-listeners':
        listeners.prune()
        break
      case 'close-unserved':
        edge.closeUntold()
        break
      case 'set-alarm':
        this.#alarms.set(
          command.alarm,
          clock.setTimeout(() => this.#rings(command.alarm), command.ms),
        )
        break
      case 'clear-alarm':
        clock.clearTimeout(this.#alarms.get(command.alarm))
        this.#alarms.delete(command.alarm)
        break
      case 'adopt':
        log.choose(command.settings)
        break
      case 'log':
        log[command.level](command.text)
        break
      case 'succeed':
        this.#takeAsker(command.request)?.resolve(command.restarted)
        break
      case 'refuse':
        this.#takeAsker(command.request)?.reject(new RestartFailedError(command.reason))
        break
      case 'end':
        this.#options.reserve.release()
        onEnd(command.exitCode)
        break
    }
  }

  #spawn(number: number): void {
    const { command, host, clock, key, reserve } = this.#options
    const worker = reserve.spend(() => new WorkerProcess(number, command(), host, clock))
    this.#workers.set(number, worker)
    worker.tell({ name: 'key', key })
    this.tell({ type: 'spawned', worker: number, pid: worker.pid })
  }

  #go({ worker: number, restart, crash, since, stop }: Extract<Command, { type: 'go' }>): void {
    const worker = this.#workers.get(number)
    const settings = workerOf(this.#state, number)?.settings
    if (worker === undefined || settings === undefined) return
    this.#options.listeners.serve(worker)
    this.#options.edge.handTo(worker, settings, { restart, crash, since, stop })
  }

  #rings(alarm: number): void {
    this.#alarms.delete(alarm)
    this.tell({ type: 'alarm', alarm })
  }

  #takeAsker(request: number): Asker | undefined {
    const asker = this.#askers.get(request)
    this.#askers.delete(request)
    return asker
  }
}
