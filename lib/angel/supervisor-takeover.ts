/** One worker after the other: how the next one is started, takes over, is on probation, and how the one before leaves. */
import type { WorkerSettings } from '../edge/messages.js'
import { Draft, named } from './supervisor-draft.js'
import type { SupervisorState, WorkerBodies, WorkerState } from './supervisor-state.js'

/** Why nobody is restarted any more. */
export const STOPPING = 'the service is stopping.'

/** Whoever's restart has failed thinks that all is as it was, and the next crash is hours away. */
export const ON_DISK = 'A crash would start the new version: correct it, or put the old one back.'

/**
 * Milliseconds from a takeover to the start of the next spare worker, which needs half a second of a processor: those who
 * have waited are answered first.
 */
const SPARE_DELAY = 1_000

/** How long a worker that has handed over may take to end, in milliseconds. */
const LEAVE_TIMEOUT = 10_000

export class TakeoverDraft extends Draft {
  protected start(): void {
    const { state } = this
    this.clearStart()
    // The next one is of a version of its own.
    const spare = this.takeSpare()
    if (spare !== undefined) this.do('kill', spare.number)
    state.next = this.spawn()
  }

  protected spawn(): number {
    const { state } = this
    const worker: WorkerState = {
      number: ++state.lastWorker,
      stage: 'starting',
      startedAt: this.at,
      settings: state.settings,
      planned: false,
      stopping: false,
    }
    state.workers.push(worker)
    this.do('spawn', worker.number)
    this.expectReady(worker)
    return worker.number
  }

  protected takeSpare(): WorkerState | undefined {
    const spare = this.spare
    this.state.spare = undefined
    this.clearSpareAlarm()
    return spare
  }

  /** Starts a spare worker, where one is wanted and everything is calm. */
  protected keepSpare(): void {
    const { state, serving } = this
    const isCalm = serving?.stage === 'serving' && !serving.stopping && !state.stopping
    if (!isCalm || !serving.settings.spareWorker || state.probation !== undefined) return
    if (state.next ?? state.spare ?? state.spareAlarm ?? state.startAlarm) return
    state.spare = this.spawn()
  }

  protected delaySpare(ms: number): void {
    this.clearSpareAlarm()
    this.state.spareAlarm = this.setAlarm(ms)
  }

  /** Lets the next one take the place of the one that serves, as soon as nothing stands against it. */
  protected relieve(): void {
    const next = this.next
    const serving = this.serving
    if (next?.stage !== 'ready') return
    if (serving === undefined) this.go(next)
    else if (serving.stage === 'serving' && !serving.stopping && !this.state.stopping) {
      const { handOverTimeout } = serving.settings
      serving.stage = 'handing over'
      this.do('hand-over', serving.number)
      this.killAfter(serving, handOverTimeout, `it did not hand over within ${handOverTimeout} ms`)
    }
  }

  /** `stop`: its program asked for a stop meanwhile, which is for the next one, who has the clients. */
  protected handedOver(worker: WorkerState, { since, stop, standby }: WorkerBodies['handed-over']): void {
    const { state, next } = this
    if (worker.number !== state.serving || worker.stage !== 'handing over') return
    state.serving = undefined
    this.commands.push({ type: 'detach', cause: 'handed over' })
    state.downSince = since
    state.handedOver = true
    if (stop) state.stopping = true
    if (
      standby &&
      !state.stopping &&
      !worker.stopping &&
      (next === undefined || next.settings.probation > 0)
    ) {
      this.clearDeadline(worker)
      worker.stage = 'standby'
      state.standby = worker.number
    } else this.leave(worker)
    if (next !== undefined) this.relieve()
    else if (worker.stage === 'standby') this.goOn(worker, 'no other worker is left')
    // The next one has died since it was ready: the one in its place finds everything here.
    else this.start()
  }

  protected leave(worker: WorkerState): void {
    this.clearAlarms(worker)
    worker.stage = 'leaving'
    if (this.state.standby === worker.number) this.state.standby = undefined
    this.do('leave', worker.number)
    this.killAfter(worker, LEAVE_TIMEOUT, 'it did not end by itself')
    // What only this one listened on goes with it.
    this.do('release-listeners', worker.number)
  }

  /** The one that has served before serves again. */
  protected goOn(standby: WorkerState, reason: string): void {
    this.clearProbation()
    this.state.standby = undefined
    this.refuseAll(`${reason}. ${named(standby)}, which served before, goes on. ${ON_DISK}`)
    this.log('error', `A restart was taken back, and ${named(standby)} goes on: ${reason}`)
    // It first: connections that wait where it listens, and the one that failed did not, are for it.
    this.go(standby)
    this.dropUnclaimed()
  }

  protected serves(worker: WorkerState): void {
    const { state } = this
    if (worker.number !== state.serving || worker.stage !== 'taking over' || worker.stopping) return
    this.clearDeadline(worker)
    worker.stage = 'serving'
    worker.servesSince = this.at
    state.hasServed = true
    this.adopt(worker.settings)
    this.commands.push({ type: 'prune-listeners' })
    const { downSince } = state
    const pause = downSince === undefined ? 0 : Math.max(0, this.at - downSince)
    this.log(
      'info',
      `${named(worker)} serves${downSince === undefined ? '' : `; ${this.clients} waited ${pause} ms`}`,
    )
    if (downSince !== undefined && worker.settings.spareWorker && !state.stopping)
      this.delaySpare(SPARE_DELAY)
    state.downSince = undefined
    if (state.stopping) {
      if (this.standby !== undefined) this.leave(this.standby)
      this.succeed(worker, pause)
      this.refuseAll(STOPPING)
      // Should it die of that, no other one is started for it.
      worker.stopping = true
      this.tellToStop(worker)
    } else if (state.standby !== undefined) {
      const { probation } = worker.settings
      state.probation = { alarm: this.setAlarm(probation), pause }
    } else this.settle(worker, pause)
  }

  /** It has come to stay: whoever has asked for it is told. */
  protected settle(worker: WorkerState, pause: number): void {
    const { state } = this
    if (worker.planned) state.restarts += 1
    this.succeed(worker, pause)
    if (state.next !== undefined) this.relieve()
    else if (state.requests.length > 0) this.start()
  }

  protected succeed(worker: WorkerState, pause: number): void {
    const { state } = this
    const restarted = { worker: worker.pid ?? 0, pause }
    for (const { request, asker } of state.requests) {
      if (asker !== worker.number) this.commands.push({ type: 'succeed', request, restarted })
    }
    // One that has asked while it took over itself wants the next one.
    state.requests = state.requests.filter(({ asker }) => asker === worker.number)
  }

  protected probationEnds({ pause }: NonNullable<SupervisorState['probation']>): void {
    const { state, serving } = this
    if (serving === undefined) return
    // One that is silent may be blocked, which its heartbeat will tell.
    if ((serving.heartbeat?.silentTicks ?? 0) > 1) {
      state.probation = { alarm: this.setTick(serving), pause }
    } else this.confirm(pause)
  }

  /** Ends the probation, where there is one, before its time. */
  protected passProbation(): void {
    const { probation } = this.state
    if (probation === undefined) return
    this.clearAlarm(probation.alarm)
    this.confirm(probation.pause)
  }

  /** The one that serves has come to stay, and the one before it is needed no longer. */
  protected confirm(pause: number): void {
    const { state, serving, standby } = this
    state.probation = undefined
    if (standby !== undefined) this.leave(standby)
    // What only that one listened on is wanted no more, nor is whoever has connected there meanwhile.
    this.dropUnclaimed()
    if (serving?.stage === 'serving') this.settle(serving, pause)
  }

  protected expectReady(worker: WorkerState): void {
    const { readyTimeout } = worker.settings
    const left = Math.max(0, worker.startedAt + readyTimeout - this.at)
    this.killAfter(worker, left, `it was not ready within ${readyTimeout} ms (setting readyTimeout)`)
  }

  protected adopt(settings: WorkerSettings): void {
    this.state.settings = settings
    this.commands.push({ type: 'adopt', settings })
  }

  protected go(next: WorkerState): void {
    const { state } = this
    const { downSince, handedOver } = state
    const restart = downSince !== undefined
    next.planned = handedOver
    state.handedOver = false
    next.stage = 'taking over'
    if (state.next === next.number) state.next = undefined
    state.serving = next.number
    this.commands.push({
      type: 'go',
      worker: next.number,
      restart,
      crash: restart && !handedOver,
      since: downSince ?? this.at,
      stop: state.stopping,
    })
    const { takeOverTimeout } = next.settings
    this.killAfter(next, takeOverTimeout, `it did not take over within ${takeOverTimeout} ms`)
  }

  protected tellToStop(serving: WorkerState): void {
    this.do('stop', serving.number)
    this.expectEnd(serving)
  }

  protected expectEnd(worker: WorkerState): void {
    const { stopTimeout } = worker.settings
    this.killAfter(worker, stopTimeout, `it had not stopped within ${stopTimeout} ms`)
  }
}
