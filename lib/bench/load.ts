/** The load that one process makes: its clients, what they measure, and the end of it all. */
import { setImmediate as turn } from 'node:timers/promises'
import { BenchOverError } from './errors.js'
import type { StepMessage } from './messages.js'
import { type Plan, patience, rampTime, stepLength } from './plan.js'
import { Recorder } from './recorder.js'
import type { Script } from './script.js'
import { type ClientHost, VirtualClient, type Waiting } from './virtual-client.js'

/** How often it is looked whose time is up, and whether a step has ended, in milliseconds. */
const LOOK = 50
/** Exchanges after which the event loop turns, whatever the script does. */
const BUDGET = 1_000

export interface LoadHost {
  step(step: StepMessage): void
  /** Each client has tried once. */
  tried(connected: number): void
}

export class Load implements ClientHost {
  readonly plan: Plan
  readonly script: Script
  readonly recorder: Recorder
  readonly waiting = new Set<Waiting>()
  readonly #clients: readonly VirtualClient[]
  readonly #zero: number
  readonly #host: LoadHost
  #over = false
  #endedAt = 0
  #untried: number
  #everConnected = 0
  #budget = BUDGET
  #turn: Promise<unknown> | undefined
  #interrupted = false
  #finish: () => void = () => {}
  #look: NodeJS.Timeout | undefined

  /**
   * @param index which of the plan's processes this is: it has every client whose id leaves that rest.
   * @param start when the first client connects, in milliseconds since the epoch.
   */
  constructor(plan: Plan, script: Script, index: number, start: number, host: LoadHost) {
    this.plan = plan
    this.script = script
    this.#host = host
    this.#zero = start + rampTime(plan) - performance.timeOrigin
    this.recorder = new Recorder({
      stepLength: stepLength(plan.duration),
      open: plan.rate !== undefined,
      from: -rampTime(plan),
      tell: (step) => host.step(step),
    })
    const ids = Array.from({ length: plan.clients }, (_, id) => id)
    this.#clients = ids.filter((id) => id % plan.processes === index).map((id) => new VirtualClient(this, id))
    this.#untried = this.#clients.length
  }

  /** Milliseconds since the ramp's end; below 0 before it. */
  now(): number {
    return performance.now() - this.#zero
  }

  get over(): boolean {
    return this.#over
  }

  /** @throws BenchOverError when nothing more is to be asked. */
  async checkOpen(): Promise<void> {
    if (this.#over) throw new BenchOverError()
    this.#budget -= 1
    if (this.#budget > 0) return
    // A script that is answered at once, always, would keep all others from being served, and this run from ending.
    this.#turn ??= turn().then(() => {
      this.#budget = BUDGET
      this.#turn = undefined
    })
    await this.#turn
    if (this.#over) throw new BenchOverError()
  }

  /** A client has tried to connect for the first time. */
  tried(connected: boolean): void {
    if (connected) this.#everConnected += 1
    this.#untried -= 1
    if (this.#untried === 0) this.#host.tried(this.#everConnected)
  }

  /**
   * Resolves when the time is up and those who wait for an answer then have it, or their time is up, too.
   */
  async run(): Promise<{ missed: number; unfinished: number }> {
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    for (const client of this.#clients) client.start()
    this.#look = setInterval(() => this.#lookAround(), LOOK)
    await finished
    clearInterval(this.#look)
    const unfinished = this.waiting.size
    const missed = this.#clients.reduce((sum, client) => sum + client.missed(this.#endedAt), 0)
    this.recorder.flush()
    for (const client of this.#clients) client.stop()
    return { missed, unfinished }
  }

  /** Ends it before its time. */
  stop(): void {
    this.#interrupted = true
    this.#end()
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    this.#endedAt = Math.min(this.now(), this.plan.duration)
    for (const client of this.#clients) client.finish()
    this.#lookAround()
  }

  #lookAround(): void {
    const now = this.now()
    this.recorder.advance(now)
    for (const one of this.waiting) if (one.deadline <= now) one.expire()
    if (now >= this.plan.duration) this.#end()
    if (!this.#over) return
    const isLate = now >= this.#endedAt + patience(this.plan, this.#interrupted) + LOOK
    if (this.waiting.size === 0 || isLate) this.#finish()
  }
}
