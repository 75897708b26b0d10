/** A state on its way to the next one, with the orders that go with it. */
import { BEATS } from '../edge/frames.js'
import {
  type Command,
  type SupervisorState,
  type Timed,
  type WorkerState,
  workerOf,
} from './supervisor-state.js'

export class Draft {
  readonly state: SupervisorState
  readonly commands: Command[] = []
  /** Milliseconds since the epoch. */
  protected readonly at: number
  /** How many there are, in words. */
  protected readonly clients: string

  constructor(state: SupervisorState, { at, clients }: Timed<unknown>) {
    this.state = {
      ...state,
      workers: state.workers.map((worker) => ({
        ...worker,
        heartbeat: worker.heartbeat && { ...worker.heartbeat },
      })),
      requests: [...state.requests],
    }
    this.at = at
    this.clients = clients === 1 ? '1 client' : `${clients} clients`
  }

  protected get serving(): WorkerState | undefined {
    return workerOf(this.state, this.state.serving)
  }

  protected get standby(): WorkerState | undefined {
    return workerOf(this.state, this.state.standby)
  }

  protected get spare(): WorkerState | undefined {
    return workerOf(this.state, this.state.spare)
  }

  protected get next(): WorkerState | undefined {
    return workerOf(this.state, this.state.next)
  }

  protected remove(worker: WorkerState): void {
    const { state } = this
    this.clearAlarms(worker)
    state.workers = state.workers.filter((other) => other !== worker)
    for (const role of ['serving', 'next', 'standby', 'spare'] as const) {
      if (state[role] === worker.number) state[role] = undefined
    }
  }

  protected fail(worker: WorkerState, reason: string): void {
    worker.failure = reason
    this.do('kill', worker.number)
  }

  protected blocked(worker: WorkerState, silentSince: number): void {
    const { heartbeat } = worker.settings
    worker.heartbeat = undefined
    worker.silentSince = silentSince
    const reason = `it gave no sign of life for ${heartbeat} ms (setting heartbeat): something in it keeps the event loop busy`
    this.fail(worker, worker.failure ?? reason)
  }

  protected setTick({ settings }: WorkerState): number {
    return this.setAlarm(settings.heartbeat / BEATS)
  }

  protected killAfter(worker: WorkerState, ms: number, reason: string): void {
    this.clearDeadline(worker)
    worker.deadline = { alarm: this.setAlarm(ms), reason }
  }

  protected clearDeadline(worker: WorkerState): void {
    this.clearAlarm(worker.deadline?.alarm)
    worker.deadline = undefined
  }

  protected clearAlarms(worker: WorkerState): void {
    this.clearDeadline(worker)
    this.clearAlarm(worker.heartbeat?.alarm)
    worker.heartbeat = undefined
  }

  /** Nobody asks any more for what only a worker that has gone or failed listened on. */
  protected dropUnclaimed(): void {
    this.commands.push({ type: 'prune-listeners' }, { type: 'close-unserved' })
  }

  protected clearSpareAlarm(): void {
    this.clearAlarm(this.state.spareAlarm)
    this.state.spareAlarm = undefined
  }

  protected clearProbation(): void {
    this.clearAlarm(this.state.probation?.alarm)
    this.state.probation = undefined
  }

  protected clearStart(): void {
    this.clearAlarm(this.state.startAlarm)
    this.state.startAlarm = undefined
  }

  protected setAlarm(ms: number): number {
    const alarm = ++this.state.lastAlarm
    this.commands.push({ type: 'set-alarm', alarm, ms })
    return alarm
  }

  protected clearAlarm(alarm: number | undefined): void {
    if (alarm !== undefined) this.commands.push({ type: 'clear-alarm', alarm })
  }

  protected refuseAll(reason: string): void {
    for (const { request } of this.state.requests) this.commands.push({ type: 'refuse', request, reason })
    this.state.requests = []
  }

  protected do(
    type: 'spawn' | 'kill' | 'hand-over' | 'leave' | 'stop' | 'release-listeners',
    worker: number,
  ): void {
    this.commands.push({ type, worker })
  }

  protected log(level: 'info' | 'warn' | 'error', text: string): void {
    this.commands.push({ type: 'log', level, text })
  }
}

/** As logs have it. */
export function named({ pid }: WorkerState): string {
  return `worker ${pid ?? '(none)'}`
}
