/**
 * Who serves: one worker after the other, each of them ready before the one before it lets go, and another one whenever
 * one has died. A pure state machine: it knows no clock, no process and no socket, and not how connections are handed on.
 *
 * What must stay true, whatever comes in whatever order: never do two serve; somebody serves, or is about to, until the
 * end; whoever asks for a restart is answered once.
 */
import { VERSION } from '../edge/frames.js'
import type { WorkerSettings } from '../edge/messages.js'
import { nextBackoff } from './backoff.js'
import { heard, tick } from './heartbeat.js'
import { Draft, named } from './supervisor-draft.js'
import {
  type Command,
  type SupervisorState,
  stageOf,
  type Timed,
  type WorkerBodies,
  type WorkerState,
  workerOf,
} from './supervisor-state.js'

/** How long a worker that has handed over may take to end, in milliseconds. */
const LEAVE_TIMEOUT = 10_000

/** After how many milliseconds a spare worker is started again that has failed. */
const SPARE_RETRY = 60_000

const STOPPING = 'the service is stopping.'

type Ended = Extract<Timed, { type: 'ended' }>

interface ServingEnd {
  /** In words. */
  readonly end: string
  readonly exitCode: number
  readonly killed: boolean
}

export interface Transition {
  readonly state: SupervisorState
  /** To be carried out in this order. */
  readonly commands: readonly Command[]
}

/** What follows from an event. The state that is given stays as it is. */
export function transition(state: SupervisorState, event: Timed): Transition {
  // Busy workers say a lot: one sign of life in a millisecond will do.
  if (event.type === 'beat' && workerOf(state, event.worker)?.heartbeat?.heardAt === event.at) {
    return { state, commands: [] }
  }
  const step = new Step(state, event)
  step.take(event)
  return step
}

class Step extends Draft {
  take(event: Timed): void {
    if ('worker' in event) {
      // What a worker says may come after its end.
      const worker = workerOf(this.state, event.worker)
      if (worker !== undefined) this.#takeFrom(worker, event)
    } else if (event.type === 'start') {
      if (!this.state.stopping && this.state.lastWorker === 0) this.#start()
    } else if (event.type === 'restart') this.#restart(event.request, event.asker)
    else if (event.type === 'alarm') this.#alarm(event.alarm)
    else {
      this.#stop()
      if (event.type === 'kill') for (const { number } of this.state.workers) this.do('kill', number)
    }
    this.#keepSpare()
    this.#checkOver()
  }

  #takeFrom(worker: WorkerState, event: Extract<Timed, { worker: number }>): void {
    if ('body' in event && worker.heartbeat !== undefined) heard(worker.heartbeat, this.at)
    switch (event.type) {
      case 'spawned':
        worker.pid = event.pid
        this.log('info', `${named(worker)} starts`)
        break
      case 'broken':
        this.fail(worker, event.reason)
        break
      case 'ended':
        this.#ended(worker, event)
        break
      case 'hello':
        this.#greet(worker, event.body.version)
        break
      case 'settings':
        this.#learn(worker, event.body)
        break
      case 'ready':
        this.#ready(worker)
        break
      case 'serving':
        this.#serves(worker)
        break
      case 'handed-over':
        this.#handedOver(worker, event.body)
        break
      case 'stopping':
        this.#stops(worker)
        break
      case 'failed':
        worker.failure = event.body.reason
        break
      case 'beat':
        break
    }
  }

  // --- What is asked for

  #start(): void {
    const { state } = this
    this.clearStart()
    // The next one is of a version of its own.
    const spare = this.#takeSpare()
    if (spare !== undefined) this.do('kill', spare.number)
    state.next = this.#spawn()
  }

  #spawn(): number {
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
    this.#expectReady(worker)
    return worker.number
  }

  #takeSpare(): WorkerState | undefined {
    const spare = this.spare
    this.state.spare = undefined
    this.clearAlarm(this.state.spareAlarm)
    this.state.spareAlarm = undefined
    return spare
  }

  /** Starts a spare worker, where one is wanted and everything is calm. */
  #keepSpare(): void {
    const { state, serving } = this
    const isCalm = serving?.stage === 'serving' && !serving.stopping && !state.stopping
    if (!isCalm || !serving.settings.spareWorker || state.probation !== undefined) return
    if (state.next ?? state.spare ?? state.spareAlarm ?? state.startAlarm) return
    state.spare = this.#spawn()
  }

  #restart(request: number, asker: number | undefined): void {
    const { state } = this
    const isNew = this.serving?.stage === 'taking over'
    if (stageOf(state) === 'stopping') this.commands.push({ type: 'refuse', request, reason: STOPPING })
    else {
      if (state.probation !== undefined) this.#passProbation()
      state.requests.push({ request, since: this.at, asker })
      // One that is taking over is as new as can be.
      if (isNew || state.next !== undefined) return
      // Whoever wants the next version has seen enough of this one.
      if (state.probation !== undefined) this.#passProbation()
      this.#start()
    }
  }

  #stop(): void {
    if (this.state.stopping) return
    this.state.stopping = true
    this.refuseAll(STOPPING)
    this.clearStart()
    this.clearAlarm(this.state.spareAlarm)
    this.state.spareAlarm = undefined
    this.clearAlarm(this.state.probation?.alarm)
    this.state.probation = undefined
    const serving = this.serving
    // Half way between two workers nobody could say goodbye: that is for the one that takes over.
    if (serving?.stage === 'handing over' || serving?.stage === 'taking over') return
    for (const worker of this.state.workers) if (worker !== serving) this.do('kill', worker.number)
    if (serving !== undefined && !serving.stopping) this.#tellToStop(serving)
  }

  #alarm(alarm: number): void {
    const { state } = this
    if (alarm === state.startAlarm) {
      state.startAlarm = undefined
      this.#start()
      return
    }
    if (alarm === state.spareAlarm) {
      state.spareAlarm = undefined
      return
    }
    if (alarm === state.probation?.alarm) {
      this.#probationEnds(state.probation)
      return
    }
    for (const worker of this.state.workers) {
      const { deadline, heartbeat } = worker
      if (deadline?.alarm === alarm) {
        worker.deadline = undefined
        this.fail(worker, worker.failure ?? deadline.reason)
      } else if (heartbeat?.alarm === alarm) {
        if (tick(heartbeat)) this.blocked(worker, heartbeat.heardAt)
        else heartbeat.alarm = this.setTick(worker)
      }
    }
  }

  // --- What workers say

  /** The package may have been replaced while the angel runs: worker and angel must still understand each other. */
  #greet(worker: WorkerState, version: number): void {
    if (version === VERSION || worker.stage !== 'starting') return
    this.fail(
      worker,
      `it and its angel are of mara-ts releases that do not understand each other (${version} and ${VERSION}). ` +
        'Stop the angel, and start it again',
    )
  }

  #learn(worker: WorkerState, settings: WorkerSettings): void {
    worker.settings = settings
    // Until somebody serves, the newest worker's word is the best there is.
    if (this.state.serving === undefined) this.#adopt(settings)
    if (worker.stage === 'starting') this.#expectReady(worker)
  }

  #ready(worker: WorkerState): void {
    const { next, spare } = this.state
    if ((worker.number !== next && worker.number !== spare) || worker.stage !== 'starting') return
    this.clearDeadline(worker)
    worker.stage = 'ready'
    worker.heartbeat = { alarm: this.setTick(worker), silentTicks: 0, heardAt: this.at }
    this.#relieve()
  }

  /** Lets the next one take the place of the one that serves, as soon as nothing stands against it. */
  #relieve(): void {
    const next = this.next
    const serving = this.serving
    if (next?.stage !== 'ready') return
    if (serving === undefined) this.#go(next)
    else if (serving.stage === 'serving' && !serving.stopping) {
      const { handOverTimeout } = serving.settings
      serving.stage = 'handing over'
      this.do('hand-over', serving.number)
      this.killAfter(serving, handOverTimeout, `it did not hand over within ${handOverTimeout} ms`)
    }
  }

  /** `stop`: its program asked for a stop meanwhile, which is for the next one, who has the clients. */
  #handedOver(worker: WorkerState, { since, stop, standby }: WorkerBodies['handed-over']): void {
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
    } else this.#leave(worker)
    if (next !== undefined) this.#relieve()
    else if (worker.stage === 'standby') this.#goOn(worker, 'no other worker is left')
    // The next one has died since it was ready: the one in its place finds everything here.
    else this.#start()
  }

  #leave(worker: WorkerState): void {
    this.clearAlarms(worker)
    worker.stage = 'leaving'
    if (this.state.standby === worker.number) this.state.standby = undefined
    this.do('leave', worker.number)
    this.killAfter(worker, LEAVE_TIMEOUT, 'it did not end by itself')
    // What only this one listened on goes with it.
    this.do('release-listeners', worker.number)
  }

  /** The one that has served before serves again. */
  #goOn(standby: WorkerState, reason: string): void {
    this.clearAlarm(this.state.probation?.alarm)
    this.state.probation = undefined
    this.state.standby = undefined
    this.refuseAll(`${reason}. ${named(standby)}, which served before, goes on.`)
    this.commands.push({ type: 'prune-listeners' }, { type: 'close-unserved' })
    this.log('error', `A restart was taken back, and ${named(standby)} goes on: ${reason}`)
    this.#go(standby)
  }

  #serves(worker: WorkerState): void {
    const { state } = this
    if (worker.number !== state.serving || worker.stage !== 'taking over' || worker.stopping) return
    this.clearDeadline(worker)
    worker.stage = 'serving'
    worker.servesSince = this.at
    state.hasServed = true
    this.#adopt(worker.settings)
    this.commands.push({ type: 'prune-listeners' })
    const { downSince } = state
    const pause = downSince === undefined ? 0 : Math.max(0, this.at - downSince)
    this.log(
      'info',
      `${named(worker)} serves${downSince === undefined ? '' : `; ${this.clients} waited ${pause} ms`}`,
    )
    if (worker.planned) state.restarts += 1
    state.downSince = undefined
    if (state.stopping) {
      if (this.standby !== undefined) this.#leave(this.standby)
      this.#succeed(worker, pause)
      this.refuseAll(STOPPING)
      this.#tellToStop(worker)
    } else if (state.standby !== undefined) {
      const { probation } = worker.settings
      state.probation = { alarm: this.setAlarm(probation), pause }
    } else this.#settle(worker, pause)
  }

  /** It has come to stay: whoever has asked for it is told. */
  #settle(worker: WorkerState, pause: number): void {
    const { state } = this
    this.#succeed(worker, pause)
    if (state.next !== undefined) this.#relieve()
    else if (state.requests.length > 0) this.#start()
  }

  #succeed(worker: WorkerState, pause: number): void {
    const { state } = this
    // One that has asked while it took over itself wants the next one.
    const deferred = state.requests.filter(({ asker }) => asker === worker.number)
    for (const { request, since, asker } of state.requests) {
      const restarted = { worker: worker.pid ?? 0, pause, took: this.at - since }
      if (asker !== worker.number) this.commands.push({ type: 'succeed', request, restarted })
    }
    state.requests = deferred
  }

  #probationEnds({ pause }: NonNullable<SupervisorState['probation']>): void {
    const { state, serving } = this
    if (serving === undefined) return
    // One that is silent may be blocked, which its heartbeat will tell.
    if ((serving.heartbeat?.silentTicks ?? 0) > 1) {
      state.probation = { alarm: this.setTick(serving), pause }
    } else this.#confirm(pause)
  }

  #passProbation(): void {
    const { alarm, pause } = this.state.probation ?? { alarm: undefined, pause: 0 }
    this.clearAlarm(alarm)
    this.#confirm(pause)
  }

  /** The one that serves has come to stay, and the one before it is needed no longer. */
  #confirm(pause: number): void {
    const { state, serving, standby } = this
    state.probation = undefined
    if (standby !== undefined) this.#leave(standby)
    // What only that one listened on is wanted no more, nor is whoever has connected there meanwhile.
    this.commands.push({ type: 'prune-listeners' }, { type: 'close-unserved' })
    if (serving?.stage === 'serving') this.#settle(serving, pause)
  }

  /** The service stops of its own accord. */
  #stops(worker: WorkerState): void {
    if (worker.number !== this.state.serving || worker.stopping) return
    this.refuseAll(STOPPING)
    if (this.state.next !== undefined) this.do('kill', this.state.next)
    this.#expectEnd(worker)
  }

  // --- One after the other

  #expectReady(worker: WorkerState): void {
    const { readyTimeout } = worker.settings
    const left = Math.max(0, worker.startedAt + readyTimeout - this.at)
    this.killAfter(worker, left, `it was not ready within ${readyTimeout} ms (setting readyTimeout)`)
  }

  #adopt(settings: WorkerSettings): void {
    this.state.settings = settings
    this.commands.push({ type: 'adopt', settings })
  }

  #go(next: WorkerState): void {
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
    })
    const { takeOverTimeout } = next.settings
    this.killAfter(next, takeOverTimeout, `it did not take over within ${takeOverTimeout} ms`)
  }

  // --- Ends

  #ended(worker: WorkerState, { how, exitCode, killed = false }: Ended): void {
    const { state } = this
    const { serving, next, standby, spare } = state
    const { failure } = worker
    const end = failure === undefined ? how : `${failure} (it ${how})`
    this.remove(worker)
    if (worker.number === next) {
      this.#notStarted(`the new ${named(worker)} failed: ${end}`, exitCode)
    } else if (worker.number === serving) this.#servingEnded(worker, { end, exitCode, killed })
    else if (worker.number === standby) {
      this.log('warn', `${named(worker)}, which has served before and was kept, has ended: ${end}`)
      if (state.probation !== undefined) this.#passProbation()
    } else if (worker.number === spare && !state.stopping) {
      this.log('warn', `The spare ${named(worker)} has ended, and the next one starts in a while: ${end}`)
      state.spareAlarm = this.setAlarm(SPARE_RETRY)
    } else if (worker.stage === 'leaving') this.log('info', `${named(worker)} has left: ${end}`)
  }

  #notStarted(what: string, exitCode: number): void {
    const serving = this.serving
    // It was not needed any more.
    if (serving?.stopping || (this.state.stopping && serving?.stage !== 'handing over')) return
    this.state.trouble = { at: this.at, what }
    if (serving === undefined) {
      if (!this.state.hasServed) {
        this.#giveUp(what, exitCode)
        return
      }
      this.refuseAll(`${what}. Another one will be tried, and clients wait for it.`)
      this.#startLater(what, 0)
    } else if (serving.stage === 'handing over') {
      this.log('error', `${what}. Another one starts when ${named(serving)} has handed over.`)
    } else {
      this.refuseAll(`${what}. ${named(serving)} goes on, and nothing has changed.`)
      this.commands.push({ type: 'prune-listeners' }, { type: 'close-unserved' })
      this.log('error', `A restart was given up, and ${named(serving)} goes on: ${what}`)
    }
  }

  #servingEnded(worker: WorkerState, { end, exitCode, killed }: ServingEnd): void {
    const { state, standby } = this
    const isOutside = killed && worker.failure === undefined
    this.commands.push({ type: 'detach', cause: isOutside ? 'killed' : 'failed' })
    if (worker.stopping) {
      if (worker.failure !== undefined) this.log('warn', `${named(worker)} was stopped: ${end}`)
      // A service that stops by itself is what its program wants.
      this.#stop()
      return
    }
    const what = `${named(worker)} died: ${end}`
    state.crashes += 1
    state.trouble = { at: this.at, what }
    // Where it died while it took over, clients have been waiting for longer than that.
    state.downSince ??= worker.silentSince ?? this.at
    if (!state.hasServed && !state.stopping) {
      this.#giveUp(what, exitCode)
      return
    }
    if (standby !== undefined && !state.stopping) {
      this.#goOn(standby, what)
      return
    }
    if (worker.stage === 'taking over') this.refuseAll(`${what}. Another one will take its place.`)
    const next = this.next
    if (next !== undefined) {
      this.log('error', `${what}. Connected are ${this.clients}; ${named(next)} will serve them.`)
      this.#relieve()
    } else if (state.stopping) this.log('error', `${what}. Connected are ${this.clients}.`)
    else this.#startLater(what, worker.servesSince === undefined ? 0 : this.at - worker.servesSince)
  }

  /** Nobody serves: starts another one, after a while that grows. */
  #startLater(what: string, served: number): void {
    const { state } = this
    const delay = served >= state.healthy ? 0 : state.backoff
    state.backoff = nextBackoff(delay)
    const spare = delay === 0 ? this.#takeSpare() : undefined
    if (spare !== undefined) {
      this.log('error', `${what}. Connected are ${this.clients}; the spare ${named(spare)} will serve them.`)
      state.next = spare.number
      this.#relieve()
      return
    }
    const when = delay === 0 ? 'at once' : `in ${delay / 1000} s`
    this.log('error', `${what}. Connected are ${this.clients}; another worker starts ${when}.`)
    state.startAlarm = this.setAlarm(delay)
  }

  /** The first start has failed: that is the program's fault, of which its user wants to know at once. */
  #giveUp(what: string, exitCode: number): void {
    this.state.exitCode = exitCode
    this.log(exitCode === 0 ? 'info' : 'error', `The service did not start: ${what}`)
    this.refuseAll(`${what}. It was the first one, and its angel ends, too.`)
    this.#stop()
  }

  #tellToStop(serving: WorkerState): void {
    this.do('stop', serving.number)
    this.#expectEnd(serving)
  }

  #expectEnd(worker: WorkerState): void {
    const { stopTimeout } = worker.settings
    worker.stopping = true
    this.clearAlarms(worker)
    this.killAfter(worker, stopTimeout, `it had not stopped within ${stopTimeout} ms`)
  }

  #checkOver(): void {
    const { state } = this
    if (!state.stopping || state.over || state.workers.length > 0) return
    state.over = true
    this.refuseAll(STOPPING)
    this.commands.push({ type: 'end', exitCode: state.exitCode })
  }
}
