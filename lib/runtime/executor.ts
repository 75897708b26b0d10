/**
 * The cooperative executor: who runs next (contract rules 17 and 18).
 *
 * A client with something to do is put at the back of the run queue. A turn takes the queue as it stands and runs one
 * client after the other, each until it waits again; then everything that was written leaves; then the event loop
 * turns, so that sockets are read and connections accepted, however much one client sends. Where what clients do takes long,
 * a turn ends early, and goes on where it was after the event loop has turned. Where many have something to do, a turn begins
 * while others are still to be read.
 *
 * What a client is owed by itself leaves as soon as it has run, since its peer can get to work on it; what others are
 * owed leaves at the end of the turn, so that a client that many talk to gets one write and not many.
 *
 * JavaScript resumes whatever awaits a settled promise in an order that depends on the shape of each await. So the
 * executor lets one client's microtasks run dry before it resumes the next: order comes from the run queue alone.
 *
 * Turns run in the asynchronous context in which the executor was made, not in that of whoever asked for the turn: what
 * one client's handler keeps in an AsyncLocalStorage must reach no other client.
 */
import { AsyncResource } from 'node:async_hooks'
import process from 'node:process'
// Not the global one, which fake timers of test runners replace: then no client would ever have its turn.
import { setImmediate } from 'node:timers'
import type { Flushable, Scheduler, Task } from '../client/scheduler.js'
import { type Clock, systemClock } from '../clock.js'
import { DEFAULT_LINE_BUDGET } from '../limits.js'

const settled = Promise.resolve()

/** Milliseconds after which a client gets no further line before it goes to the back of the queue. */
const CLIENT_TIME = 10
/** Milliseconds after which a turn begins with no further client. */
const TURN_TIME = 50
/**
 * The same while connections come in: the event loop takes in one each time it turns. Beside 500 clients that keep the
 * processor busy, 200 new ones are taken in within 0.1 s, and not 2 s.
 */
const HURRIED_TURN_TIME = 5
/**
 * So many clients do not wait until all sockets are read, since what each of them needs is in the processor's caches yet: with
 * 5,000 clients, one line at a time, a line takes 14 µs in place of 17. Fewer bring no more.
 */
const MANY = 256
/** So many turns may begin early before the event loop turns: clients in memory can answer before it does, again and again. */
const MOST_EARLY = 32

export class Executor implements Scheduler {
  /** How many lines a client gets before it goes to the back of the queue. */
  lineBudget: number
  readonly #clock: Pick<Clock, 'now'>
  #queue: Task[] = []
  #dirty: Flushable[] = []
  /** Those that get no line for now, and those among them whose turn came meanwhile. */
  readonly #held = new Set<Task>()
  readonly #parked = new Set<Task>()
  /** A turn is waiting for the event loop. */
  #scheduled = false
  /** A turn is running. */
  #running = false
  /** So much of what was written has not left that nobody gets a turn. */
  #congested = false
  /** Somebody had to stop in the turn before: first the event loop turns. */
  #leftOver = false
  /** How many turns have begun early since the event loop has turned, and how many milliseconds they took. */
  #early = 0
  #spent = 0
  /** A connection has come in since the event loop has turned. */
  #hurried = false
  #turnTime = TURN_TIME
  /** The task that runs now, until its microtasks have run dry. */
  #current: Task | undefined
  #budget = 0
  /** The budget at which the time is looked at next: after one line, two, four and so on, since looking costs as well. */
  #lookAt = 0
  /** When the task and the turn began, in milliseconds. */
  #since = 0
  #turnSince = 0
  /** The turn's own queue, and how far it has come. */
  #batch: Task[] = []
  #position = 0
  /**
   * Called at the end of each turn, when everything that was written has been handed to the connections. Where it returns a
   * promise, nobody gets a turn before that resolves.
   */
  onTurnEnd: (() => Promise<void> | undefined) | undefined

  /** @param clock where it stands still, as in tests, order depends on nothing but what everybody does. */
  constructor(
    { lineBudget = DEFAULT_LINE_BUDGET }: { lineBudget?: number } = {},
    clock: Pick<Clock, 'now'> = systemClock,
  ) {
    this.lineBudget = lineBudget
    this.#clock = clock
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#queue.length + this.#batch.length - this.#position + this.#parked.size
  }

  ready(task: Task): void {
    if (task.queued) return
    task.queued = true
    this.#queue.push(task)
    this.#schedule()
    const isEarly = this.#queue.length === MANY && !this.#running && !this.#leftOver
    if (isEarly && this.#early < MOST_EARLY) process.nextTick(this.#beginEarly)
  }

  /** A connection has come in, and the event loop may have others: it turns soon. */
  hurry(): void {
    this.#hurried = true
  }

  flushLater(outbox: Flushable): void {
    this.#dirty.push(outbox)
    this.#schedule()
  }

  grant(task: Task): boolean {
    if (task !== this.#current || this.#budget === 0) return false
    if (this.#budget === this.#lookAt && this.#isLate()) return false
    this.#budget -= 1
    return true
  }

  hold(relief: Promise<void>, except: Task): void {
    const task = this.#current
    if (task === undefined || task === except) return
    this.#budget = 0
    if (this.#held.has(task)) return
    this.#held.add(task)
    void relief.then(() => {
      this.#held.delete(task)
      if (!this.#parked.delete(task)) return
      this.#queue.push(task)
      this.#schedule()
    })
  }

  /** Passes over those that are held. */
  #park(): void {
    for (; this.#position < this.#batch.length; this.#position++) {
      const task = this.#batch[this.#position] as Task
      if (!this.#held.has(task)) return
      this.#parked.add(task)
    }
  }

  #isLate(): boolean {
    if (this.#clock.now() - this.#since > CLIENT_TIME) return true
    this.#lookAt -= this.lineBudget - this.#lookAt + 1
    return false
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#begin)
  }

  readonly #begin = AsyncResource.bind((): void => {
    this.#scheduled = false
    this.#early = 0
    this.#spent = 0
    this.#turn()
    this.#hurried = false
  })

  /** All that begin early have the time of one: as long as peers go on sending, Node reads on, and runs no timers. */
  readonly #beginEarly = AsyncResource.bind((): void => {
    this.#early += 1
    this.#turn()
  })

  #turn(): void {
    // One that is running still has met a fault, and goes on.
    if (this.#running) return
    this.#running = true
    this.#batch = this.#queue
    this.#queue = []
    this.#position = 0
    this.#turnSince = this.#clock.now() - this.#spent
    this.#turnTime = this.#hurried ? HURRIED_TURN_TIME : TURN_TIME
    this.#step()
  }

  readonly #step = (): void => {
    try {
      this.#advance()
    } catch (error) {
      // A fault, here or of a stream. Where the program survives it, so do all other clients.
      setImmediate(this.#step)
      throw error
    }
  }

  #advance(): void {
    const before = this.#current
    this.#current = undefined
    before?.ran()
    if (this.#held.size > 0) this.#park()
    const task = this.#batch[this.#position]
    if (task !== undefined && !this.#congested && this.#begins()) {
      this.#position += 1
      task.queued = false
      this.#current = task
      this.#budget = this.lineBudget
      this.#lookAt = this.lineBudget
      task.run()
      settled.then(this.#whenDry)
      return
    }
    // First ready, first run: they come before those that have become ready meanwhile.
    if (task !== undefined) this.#queue = this.#batch.slice(this.#position).concat(this.#queue)
    this.#batch = []
    this.#position = 0
    this.#running = false
    if (this.#early > 0) this.#spent = this.#clock.now() - this.#turnSince
    this.#leftOver = this.#queue.length > 0
    if (this.#leftOver && !this.#congested) this.#schedule()
    this.endTurn()
  }

  /** Whether there is time for one more client in this turn. */
  #begins(): boolean {
    this.#since = this.#clock.now()
    return this.#since - this.#turnSince <= this.#turnTime
  }

  /** What was written so far leaves: at the end of each turn, and between turns where other news of a client leaves. */
  endTurn(): void {
    const dirty = this.#dirty
    this.#dirty = []
    for (const outbox of dirty) outbox.flush()
    const relief = this.onTurnEnd?.()
    if (relief !== undefined) this.#waitFor(relief)
  }

  #waitFor(relief: Promise<void>): void {
    if (this.#congested) return
    this.#congested = true
    void relief.then(() => {
      this.#congested = false
      // At once: before the event loop turns, handlers that go on writing may have filled everything again.
      if (this.#queue.length > 0) process.nextTick(this.#begin)
    })
  }

  /** Node runs a tick that was asked for inside a microtask once no microtask is left. */
  readonly #whenDry = (): void => {
    process.nextTick(this.#step)
  }
}
