/** One client of a load generator: it connects, runs the script, and does so again until the run is over. */
import { setMaxListeners } from 'node:events'
import { systemClock } from '../clock.js'
import { connectionOver } from '../connect/connect.js'
import { type Connection, discard, tap } from '../connect/connection.js'
import { addressOf, dial } from '../connect/dial.js'
import { TimeoutError } from '../errors.js'
import { quietly } from '../wait.js'
import { BenchOverError } from './errors.js'
import { type Plan, slotInterval } from './plan.js'
import { randomOf } from './random.js'
import type { Recorder } from './recorder.js'
import { Schedule } from './schedule.js'
import {
  type AskOptions,
  type Bench,
  checkAsk,
  checkMeasure,
  exchange,
  type MeasureOptions,
  type Script,
} from './script.js'

/** Milliseconds between a failure and the next attempt to connect. */
const PAUSE = 1_000
/** Characters of what came last that are kept. */
const KEPT = 300

/** A question that is not answered yet. */
export interface Waiting {
  /** Milliseconds since the ramp's end. */
  readonly deadline: number
  expire(): void
}

/** What a client knows of the run that it is part of. */
export interface ClientHost {
  readonly plan: Plan
  readonly script: Script
  readonly recorder: Recorder
  /** Those whose time will be up. */
  readonly waiting: Set<Waiting>
  readonly over: boolean
  /** Milliseconds since the ramp's end. */
  now(): number
  /** @throws BenchOverError when nothing more is to be asked. */
  checkOpen(): Promise<void>
  /** A client has tried to connect for the first time. */
  tried(connected: boolean): void
}

/** What one connection of a client is known by. */
interface Session {
  peer: Connection | undefined
  /** Why the connection broke, as the system says it. */
  reset: string | undefined
  /** What came last. */
  said: string | undefined
  /** It has ended by a failure that is counted: those that follow from it are not. */
  failed: boolean
  asking: number
}

export class VirtualClient {
  readonly #host: ClientHost
  readonly #id: number
  #round = 0
  #session: Session | undefined
  #schedule: Schedule | undefined
  #abort: AbortController | undefined
  #random: (() => number) | undefined
  /** Connections and questions of it that are under way: then it is the service that keeps it waiting. */
  #busy = 0
  /** Since when there are none. */
  #idleSince = 0
  /** Milliseconds without any since it last asked. */
  #own = 0
  /** Ends a sleep. */
  #wake: (() => void) | undefined

  constructor(host: ClientHost, id: number) {
    this.#host = host
    this.#id = id
  }

  start(): void {
    void this.#live()
  }

  /** The run is over: who waits for an answer goes on waiting for it, and all else ends. */
  finish(): void {
    this.#abort?.abort(new BenchOverError())
    this.#wake?.()
    if (this.#session?.asking === 0) this.stop()
  }

  /** Ends the connection. */
  stop(): void {
    this.#session?.peer?.destroy()
  }

  /** Questions that were due before `end` and were not asked. */
  missed(end: number): number {
    return this.#schedule?.missed(end) ?? 0
  }

  async #live(): Promise<void> {
    const host = this.#host
    const { clients, ramp } = host.plan
    await this.#sleepUntil(((this.#id - (clients - 1)) / ramp) * 1_000)
    this.#idleSince = host.now()
    // From here on, so that what a client without a connection does not ask is missed.
    this.#schedule = this.#newSchedule(host.now())
    for (; !host.over; this.#round += 1) {
      const went = await this.#converse()
      // Whoever is turned away does not come back at once, so that a service in trouble is not given more of it.
      if (!went && !host.over) await this.#sleepUntil(host.now() + PAUSE)
    }
  }

  /** One connection, from its beginning to its end. @returns whether all went well. */
  async #converse(): Promise<boolean> {
    const session: Session = { peer: undefined, reset: undefined, said: undefined, failed: false, asking: 0 }
    this.#session = session
    const peer = await this.#connect(session)
    if (this.#round === 0) this.#host.tried(peer !== undefined)
    if (peer === undefined) return false
    try {
      if (!this.#host.over) await this.#host.script(peer, this.#benchFor(peer, session))
      if (!this.#host.over) await peer.close()
    } catch (error) {
      this.#failed(session, error)
    } finally {
      this.#host.recorder.connected -= 1
      peer.destroy()
    }
    return !session.failed
  }

  async #connect(session: Session): Promise<Connection | undefined> {
    const host = this.#host
    const { target, connectTimeout } = host.plan
    const began = host.now()
    this.#begins()
    try {
      const duplex = await dial(target, systemClock, connectTimeout, undefined)
      duplex.on('error', (error: NodeJS.ErrnoException) => {
        session.reset ??= error.code
      })
      // Text messages have no telnet around them.
      const peer = connectionOver(duplex, addressOf(target), { telnet: !('url' in target) })
      tap(peer, (text) => {
        session.said = text.slice(-KEPT)
      })
      session.peer = peer
      const now = host.now()
      host.recorder.connect(began, now)
      return peer
    } catch (error) {
      session.failed = true
      if (!host.over) host.recorder.failed('connect', error, { client: this.#id, at: host.now() })
      return undefined
    } finally {
      this.#ends()
    }
  }

  #begins(): void {
    if (this.#busy === 0) this.#own += this.#host.now() - this.#idleSince
    this.#busy += 1
  }

  #ends(): void {
    this.#busy -= 1
    if (this.#busy === 0) this.#idleSince = this.#host.now()
  }

  /** The clients' slots lie evenly between each other, whenever each has begun. */
  #newSchedule(now: number): Schedule | undefined {
    const interval = slotInterval(this.#host.plan)
    if (interval === undefined) return undefined
    const offset = (this.#id / this.#host.plan.clients) * interval
    return new Schedule(offset + Math.ceil((now - offset) / interval) * interval, interval, now)
  }

  #benchFor(peer: Connection, session: Session): Bench {
    const { plan } = this.#host
    const measure: Bench['measure'] = (label, fn, options) =>
      quietly(this.#measure(session, label, fn, options))
    const ask = (line: string, options: AskOptions): Promise<string> => {
      checkAsk(line, options)
      const { label = 'answer', until, timeout } = options
      const answer = (): Promise<string> => {
        discard(peer)
        return exchange(peer, line, until)
      }
      return measure(label, answer, { timeout })
    }
    // One for each connection would be in memory for each of them: only who asks for a signal has one.
    const signal = (): AbortSignal => this.#signal
    this.#random ??= randomOf(plan.seed, this.#id)
    return {
      id: this.#id,
      round: this.#round,
      random: this.#random,
      get signal() {
        return signal()
      },
      measure,
      ask: (line, options = {}) => ask(line, options),
    }
  }

  get #signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController()
      setMaxListeners(0, this.#abort.signal)
      if (this.#host.over) this.#abort.abort(new BenchOverError())
    }
    return this.#abort.signal
  }

  async #measure<T>(
    session: Session,
    label: string,
    fn: () => Promise<T>,
    options: MeasureOptions = {},
  ): Promise<T> {
    checkMeasure(label, fn, options)
    const host = this.#host
    const { timeout = host.plan.timeout } = options
    await host.checkOpen()
    const from = await this.#turn()
    const sent = host.now()
    host.recorder.asked(sent)
    session.asking += 1
    this.#begins()
    try {
      const value = await this.#inTime(session, label, fn, sent + timeout, timeout)
      host.recorder.answered(String(label), from ?? sent, sent, host.now())
      return value
    } catch (error) {
      host.recorder.waiting -= 1
      this.#failed(session, error)
      throw error
    } finally {
      session.asking -= 1
      this.#ends()
      if (host.over && session.asking === 0) session.peer?.destroy()
    }
  }

  /** Waits for the next slot of an open loop. @returns from when the answer's time counts; undefined from now on. */
  async #turn(): Promise<number | undefined> {
    const schedule = this.#schedule
    if (schedule === undefined) return undefined
    const host = this.#host
    const now = host.now()
    const own = this.#own + (this.#busy === 0 ? now - this.#idleSince : 0)
    this.#forgetOwn()
    const due = schedule.take(own)
    if (host.now() >= due) return schedule.lateFrom(due, host.now())
    await this.#sleepUntil(due)
    if (host.over) throw new BenchOverError()
    host.recorder.lag(schedule.woke(due, host.now()))
    // Who waits for a slot does not pause.
    this.#forgetOwn()
    return undefined
  }

  #forgetOwn(): void {
    this.#own = 0
    this.#idleSince = this.#host.now()
  }

  #inTime<T>(
    session: Session,
    label: string,
    fn: () => Promise<T>,
    deadline: number,
    timeout: number,
  ): Promise<T> {
    const { waiting } = this.#host
    return new Promise<T>((resolve, reject) => {
      const one = {
        deadline,
        expire: () => {
          waiting.delete(one)
          reject(new TimeoutError(`Waiting for "${label}"`, timeout))
          // An answer that comes after all would be taken for that to the next question.
          session.peer?.destroy()
        },
      }
      waiting.add(one)
      // A script's function may throw before it awaits anything.
      const running = (async () => fn())()
      running.then(resolve, reject).finally(() => waiting.delete(one))
    })
  }

  /** Counts a failure, unless it is the end of the run, or follows from one that is counted. */
  #failed(session: Session, error: unknown): void {
    if (error instanceof BenchOverError || session.failed) return
    // Whoever waited for something else than an answer was sent away at the end.
    if (this.#host.over && session.asking === 0) return
    session.failed = true
    const { reset, said } = session
    this.#host.recorder.failed('conversation', error, { client: this.#id, at: this.#host.now(), reset, said })
  }

  /** Until a time in milliseconds since the ramp's end, or the end of the run. */
  #sleepUntil(at: number): Promise<void> {
    const ms = at - this.#host.now()
    if (ms <= 0 || this.#host.over) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.#wake = wake
    })
  }
}
