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
import { named } from './supervisor-draft.js'
import {
  type Command,
  type SupervisorState,
  stageOf,
  type Timed,
  type WorkerState,
  workerOf,
} from './supervisor-state.js'
import { ON_DISK, STOPPING, TakeoverDraft } from './supervisor-takeover.js'

/** After how many milliseconds a spare worker is started again that has failed. */
const SPARE_RETRY = 60_000

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

class Step extends TakeoverDraft {
  take(event: Timed): void {
    if ('worker' in event) {
      // What a worker says may come after its end.
      const worker = workerOf(this.state, event.worker)
      if (worker !== undefined) this.#takeFrom(worker, event)
    } else if (event.type === 'start') {
      if (!this.state.stopping && this.state.lastWorker === 0) this.start()
    } else if (event.type === 'restart') this.#restart(event.request, event.asker)
    else if (event.type === 'alarm') this.#alarm(event.alarm)
    else {
      this.#stop()
      if (event.type === 'kill') for (const worker of this.state.workers) this.#end(worker)
    }
    this.keepSpare()
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
        this.serves(worker)
        break
      case 'handed-over':
        this.handedOver(worker, event.body)
        break
      case 'stopping':
        this.#stops(worker)
        break
      case 'failed':
        worker.failure = event.body.reason ?? worker.failure
        break
      case 'beat':
        break
    }
  }

  // --- What is asked for

  #restart(request: number, asker: number | undefined): void {
    const { state } = this
    const isNew = this.serving?.stage === 'taking over'
    if (stageOf(state) === 'stopping') this.commands.push({ type: 'refuse', request, reason: STOPPING })
    else {
      // Whoever wants the next version has seen enough of this one.
      this.passProbation()
      state.requests.push({ request, asker })
      // One that is taking over is as new as can be.
      if (isNew || state.next !== undefined) return
      this.start()
    }
  }

  #stop(): void {
    if (this.state.stopping) return
    this.state.stopping = true
    this.refuseAll(STOPPING)
    this.clearStart()
    this.clearSpareAlarm()
    this.clearProbation()
    const serving = this.serving
    // Half way between two workers nobody could say goodbye: that is for the one that takes over.
    if (serving?.stage === 'handing over' || serving?.stage === 'taking over') return
    // Nor could anybody after a crash, but for the one that starts.
    const last = serving ?? (this.state.downSince === undefined ? undefined : this.next)
    for (const worker of this.state.workers) if (worker !== last) this.do('kill', worker.number)
    if (serving !== undefined && !serving.stopping) this.tellToStop(serving)
  }

  /** Whatever it may leave undone. */
  #end(worker: WorkerState): void {
    worker.stopping = true
    this.do('kill', worker.number)
  }

  #alarm(alarm: number): void {
    const { state } = this
    if (alarm === state.startAlarm) {
      state.startAlarm = undefined
      this.start()
      return
    }
    if (alarm === state.spareAlarm) {
      state.spareAlarm = undefined
      return
    }
    if (alarm === state.probation?.alarm) {
      this.probationEnds(state.probation)
      return
    }
    for (const worker of this.state.workers) {
      const { deadline, heartbeat } = worker
      if (deadline?.alarm === alarm) {
        worker.deadline = undefined
        // Its time to stop is over. One that had yet to hand over, or to take over, leaves that to another one.
        if (state.stopping && worker.stage === 'serving') worker.stopping = true
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
    if (this.state.serving === undefined) this.adopt(settings)
    if (worker.stage === 'starting') this.expectReady(worker)
  }

  #ready(worker: WorkerState): void {
    const { next, spare } = this.state
    if ((worker.number !== next && worker.number !== spare) || worker.stage !== 'starting') return
    this.clearDeadline(worker)
    worker.stage = 'ready'
    worker.heartbeat = { alarm: this.setTick(worker), silentTicks: 0, heardAt: this.at }
    this.relieve()
  }

  /** The service stops of its own accord. */
  #stops(worker: WorkerState): void {
    if (worker.number !== this.state.serving || worker.stopping) return
    this.refuseAll(STOPPING)
    if (this.state.next !== undefined) this.do('kill', this.state.next)
    worker.stopping = true
    this.expectEnd(worker)
  }

  // --- Ends

  #ended(worker: WorkerState, { how, exitCode, killed = false }: Ended): void {
    const { state } = this
    const { serving, next, standby, spare } = state
    const { failure } = worker
    const isUnstarted = worker.stage === 'starting' && exitCode === 0 && !killed
    const told = isUnstarted ? `${how} before it had started a service` : how
    const end = failure === undefined ? told : `${failure} (it ${told})`
    this.remove(worker)
    if (worker.number === next) {
      this.#notStarted(`the new ${named(worker)} failed: ${end}`, exitCode)
    } else if (worker.number === serving) this.#servingEnded(worker, { end, exitCode, killed })
    else if (worker.number === standby) {
      this.log('warn', `${named(worker)}, which has served before and was kept, has ended: ${end}`)
      this.passProbation()
    } else if (worker.number === spare && !state.stopping) {
      this.log('warn', `The spare ${named(worker)} has ended, and the next one starts in a while: ${end}`)
      this.delaySpare(SPARE_RETRY)
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
      this.refuseAll(`${what}. ${named(serving)} goes on. ${ON_DISK}`)
      this.dropUnclaimed()
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
      // Half way between two workers, a stop has left it alone.
      if (standby !== undefined) this.do('kill', standby.number)
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
    // Where this one served already, a stop has ended the standby.
    if (standby !== undefined && (!state.stopping || worker.stage === 'taking over')) {
      this.goOn(standby, what)
      return
    }
    if (worker.stage === 'taking over') this.refuseAll(`${what}. Another one will take its place.`)
    const next = this.next
    if (state.stopping && worker.stage === 'serving') {
      // It was told to stop when it was as good as dead.
      this.log(
        'error',
        `${what}. Connected: ${this.clients}; another worker starts, and says goodbye to them.`,
      )
      this.start()
    } else if (next !== undefined) {
      this.log('error', `${what}. Connected: ${this.clients}; ${named(next)} takes over.`)
      this.relieve()
    } else if (state.stopping) this.log('error', `${what}. Connected: ${this.clients}.`)
    else this.#startLater(what, worker.servesSince === undefined ? 0 : this.at - worker.servesSince)
  }

  /** Nobody serves: starts another one, after a while that grows. */
  #startLater(what: string, served: number): void {
    const { state } = this
    const delay = served >= state.healthy ? 0 : state.backoff
    state.backoff = nextBackoff(delay)
    const spare = delay === 0 ? this.takeSpare() : undefined
    if (spare !== undefined) {
      this.log('error', `${what}. Connected: ${this.clients}; the spare ${named(spare)} takes over.`)
      state.next = spare.number
      this.relieve()
      return
    }
    const when = delay === 0 ? 'at once' : `in ${delay / 1000} s`
    this.log('error', `${what}. Connected: ${this.clients}; another worker starts ${when}.`)
    state.startAlarm = this.setAlarm(delay)
  }

  /** The first start has failed: that is the program's fault, of which its user wants to know at once. */
  #giveUp(what: string, exitCode: number): void {
    this.state.exitCode = exitCode
    this.log(exitCode === 0 ? 'info' : 'error', `The service did not start: ${what}`)
    this.refuseAll(`${what}. It was the first one, and its angel ends, too.`)
    this.#stop()
  }

  #checkOver(): void {
    const { state } = this
    if (!state.stopping || state.over || state.workers.length > 0) return
    state.over = true
    this.refuseAll(STOPPING)
    this.commands.push({ type: 'end', exitCode: state.exitCode })
  }
}
