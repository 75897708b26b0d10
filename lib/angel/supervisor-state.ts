/** What the supervisor knows, what it is told, and what it orders: plain data throughout. */
import type { DetachCause } from '../edge/edge.js'
import type { WorkerSettings } from '../edge/messages.js'

/**
 * - `starting`: loads its program, and starts its service.
 * - `ready`: has all but the clients.
 * - `taking over`: has been told to serve.
 * - `serving`.
 * - `handing over`: says what it knows, and lets go.
 * - `standby`: has handed over, and goes on should the next one fail in its probation.
 * - `leaving`: has nothing left to do but end.
 */
export type Stage = 'starting' | 'ready' | 'taking over' | 'serving' | 'handing over' | 'standby' | 'leaving'

/** A worker whose process has not ended. */
export interface WorkerState {
  readonly number: number
  /** Undefined until the process is spawned, or where it can't be. */
  pid?: number | undefined
  stage: Stage
  readonly startedAt: number
  settings: WorkerSettings
  /** It takes over from a worker that handed over, rather than died. */
  planned: boolean
  /** When it began to serve. */
  servesSince?: number | undefined
  /** It stops: it has said so, or nobody waits until it does. From then on its end is that of the service. */
  stopping: boolean
  /** Kills it, for the reason given, unless what is waited for comes first. */
  deadline?: { readonly alarm: number; readonly reason: string } | undefined
  heartbeat?: Heartbeat | undefined
  /** Why it fails, in words. */
  failure?: string | undefined
  /** Since when it was silent, where that is why it was killed. */
  silentSince?: number | undefined
}

/** Silence is counted in ticks of an alarm, and not in time: where the machine slept, both processes did. */
export interface Heartbeat {
  alarm: number
  silentTicks: number
  /** When the last sign of life came. */
  heardAt: number
}

/** Somebody waits for the end of a restart. */
export interface RestartRequest {
  readonly request: number
  /** The worker that asks, where one does. */
  readonly asker: number | undefined
}

/** What went wrong last, and when (milliseconds since the epoch). */
export interface Trouble {
  readonly at: number
  readonly what: string
}

/** How a restart went. */
export interface Restarted {
  /** The process that serves now. */
  readonly worker: number
  /** Milliseconds for which clients waited. */
  readonly pause: number
}

export interface SupervisorState {
  workers: WorkerState[]
  /** The number of the worker that serves; there is none after a crash. */
  serving?: number | undefined
  /** The number of the worker that is to serve next. */
  next?: number | undefined
  /** The one that has served before, as long as it may have to go on. */
  standby?: number | undefined
  /** The one that serves is on probation until this alarm. `pause`: what clients waited for it, in milliseconds. */
  probation?: { readonly alarm: number; readonly pause: number } | undefined
  /** One of the same version as the one that serves, to take its place should it die (setting `spareWorker`). */
  spare?: number | undefined
  /** The alarm at which a spare one is started: some time after a takeover, and after one has failed. */
  spareAlarm?: number | undefined
  /** The alarm at which the next one is started. */
  startAlarm?: number | undefined
  lastWorker: number
  lastAlarm: number
  /** Of the worker that serves, or has served last. */
  settings: WorkerSettings
  /** Milliseconds of serving after which a worker counts as well. */
  readonly healthy: number
  /** Milliseconds before the next worker is started, should the one that serves die. */
  backoff: number
  requests: RestartRequest[]
  /** Since when nobody has served. */
  downSince?: number | undefined
  /** The last worker handed over, and nobody has served since. */
  handedOver: boolean
  /** Some worker has served: until then a failure is the program's, and there is nobody to go on for. */
  hasServed: boolean
  stopping: boolean
  /** No process is left, and none will be started. */
  over: boolean
  exitCode: number
  restarts: number
  crashes: number
  trouble?: Trouble | undefined
}

/** What a worker says about where it stands; `beat` stands for all else that it says. */
export interface WorkerBodies {
  readonly hello: { readonly version: number }
  readonly settings: WorkerSettings
  readonly ready: object
  readonly serving: object
  readonly 'handed-over': { readonly since: number; readonly stop: boolean; readonly standby: boolean }
  readonly stopping: object
  readonly failed: { readonly reason?: string | undefined }
  readonly beat: object
}

export type SupervisorEvent =
  | { readonly type: 'start' | 'stop' | 'kill' }
  | { readonly type: 'restart'; readonly request: number; readonly asker: number | undefined }
  | { readonly type: 'alarm'; readonly alarm: number }
  | { readonly type: 'spawned'; readonly worker: number; readonly pid: number | undefined }
  /** It can't do its work any more. */
  | { readonly type: 'broken'; readonly worker: number; readonly reason: string }
  /** `killed`: by a signal that was sent to it. */
  | {
      readonly type: 'ended'
      readonly worker: number
      readonly how: string
      readonly exitCode: number
      readonly killed?: boolean
    }
  | {
      [Name in keyof WorkerBodies]: { type: Name; worker: number; body: WorkerBodies[Name] }
    }[keyof WorkerBodies]

/** An event, and how things are when it comes. */
export type Timed<Event = SupervisorEvent> = Event & {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** How many clients are connected. */
  readonly clients: number
}

export type Command =
  | { readonly type: 'spawn' | 'kill' | 'hand-over' | 'leave' | 'stop'; readonly worker: number }
  /** Nobody serves: what clients send waits. */
  | { readonly type: 'detach'; readonly cause: DetachCause }
  /** It is to serve, and to stop at once where `stop`. `since` is when the last one stopped to, where one has. */
  | { readonly type: 'go'; worker: number; restart: boolean; crash: boolean; since: number; stop: boolean }
  /** It needs its listening sockets no more. */
  | { readonly type: 'release-listeners'; readonly worker: number }
  /** A new version has come, or has not: close the listeners that are no worker's. */
  | { readonly type: 'prune-listeners' }
  /** Close the connections that only a worker that failed would have served. */
  | { readonly type: 'close-unserved' }
  | { readonly type: 'set-alarm'; readonly alarm: number; readonly ms: number }
  | { readonly type: 'clear-alarm'; readonly alarm: number }
  | { readonly type: 'adopt'; readonly settings: WorkerSettings }
  | { readonly type: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly text: string }
  | { readonly type: 'succeed'; readonly request: number; readonly restarted: Restarted }
  | { readonly type: 'refuse'; readonly request: number; readonly reason: string }
  | { readonly type: 'end'; readonly exitCode: number }

/** Until a worker has told its own. */
const DEFAULT_SETTINGS: WorkerSettings = {
  heartbeat: 10_000,
  readyTimeout: 30_000,
  takeOverTimeout: 40_000,
  handOverTimeout: 60_000,
  stopTimeout: 15_000,
  maxConnections: 10_000,
  window: 512 * 1024,
  maxUnsent: 1024 * 1024,
  probation: 0,
  spareWorker: false,
}

/** @param healthy milliseconds of serving after which a worker counts as well. */
export function initialState(healthy = 60_000): SupervisorState {
  return {
    workers: [],
    lastWorker: 0,
    lastAlarm: 0,
    settings: DEFAULT_SETTINGS,
    healthy,
    backoff: 0,
    requests: [],
    handedOver: false,
    hasServed: false,
    stopping: false,
    over: false,
    exitCode: 0,
    restarts: 0,
    crashes: 0,
  }
}

export type SupervisorStage = 'starting' | 'serving' | 'restarting' | 'down' | 'stopping'

export function stageOf(state: SupervisorState): SupervisorStage {
  const serving = workerOf(state, state.serving)
  if (state.stopping || serving?.stopping) return 'stopping'
  if (serving?.stage === 'taking over') return serving.planned ? 'restarting' : 'starting'
  if (serving !== undefined) return state.next === undefined ? 'serving' : 'restarting'
  return state.next === undefined ? 'down' : 'starting'
}

export function workerOf(state: SupervisorState, number: number | undefined): WorkerState | undefined {
  return state.workers.find((worker) => worker.number === number)
}
