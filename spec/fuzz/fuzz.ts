/**
 * Hostile clients by the handful at a whole service, and an honest one beside them. What must hold whatever they send: the
 * service lives and no handler of it fails; the honest client is served all the time, and sees clean text; no hostile one
 * gets more answers than the limit allows; when they have gone, nothing is left of them.
 */
import { Random } from '../support/random.js'
import { type Action, session, size } from './grammar.js'
import { Honest } from './honest.js'
import { attack, type Damage, type Pulse } from './hostile.js'
import { Target } from './target.js'

/** Hostile clients at a time. */
const SESSIONS = 8
/** Bytes that a service may keep after a case: what V8 keeps of code and caches, and no client. */
const MAX_KEPT = 24e6
/** Bytes of the whole process at any time. */
const MAX_PEAK = 512e6
/** Of the service, by the second. */
const REPLIES_A_SECOND = 100
/** What it says without being asked: offers, and the hiding of three passwords. */
const UNASKED = 64
/** How long clients may take to be gone for good, in milliseconds. */
const GONE = 10_000
/** How long to look for the one client that makes a case fail, in milliseconds. */
const SEARCH = 40_000

export interface Failure {
  readonly seed: number
  readonly what: string
  /** Whether it happens to a fresh service too, and to which client alone. */
  readonly alone: string
}

export interface Report {
  readonly cases: number
  readonly sessions: number
  readonly bytes: number
  /** Times that the honest client was served. */
  readonly served: number
  readonly peak: number
  readonly failures: readonly Failure[]
}

export interface FuzzOptions {
  /** The first case's; the next ones count up from it. */
  readonly seed: number
  /** How long to go on; at least one case is run. */
  readonly seconds: number
  /** Called with the target of each case before it runs. */
  readonly onCase?: (seed: number, target: Target) => void
}

/** Runs cases until the time is up, or one has failed. */
export async function fuzz({ seed, seconds, onCase }: FuzzOptions): Promise<Report> {
  const until = performance.now() + seconds * 1000
  const report = { cases: 0, sessions: 0, bytes: 0, served: 0, peak: 0, failures: [] as Failure[] }
  const target = await Target.start()
  try {
    for (let next = seed; report.cases === 0 || performance.now() < until; next++) {
      onCase?.(next, target)
      const sessions = sessionsOf(next)
      const outcome = await runCase(target, sessions)
      report.cases += 1
      report.sessions += sessions.length
      report.bytes += sessions.reduce((sum, actions) => sum + size(actions), 0)
      report.served += outcome.served
      report.peak = Math.max(report.peak, outcome.peak)
      if (outcome.failure === undefined) continue
      report.failures.push({ seed: next, what: outcome.failure, alone: await isolate(sessions) })
      break
    }
  } finally {
    await target.stop()
  }
  return report
}

/** What the clients of a case do. */
export function sessionsOf(seed: number): Action[][] {
  const random = new Random(seed)
  return Array.from({ length: SESSIONS }, () => session(random))
}

interface Outcome {
  readonly served: number
  readonly peak: number
  readonly failure: string | undefined
}

/** The memory of a target before its first case. */
const baselines = new WeakMap<Target, number>()

async function runCase(target: Target, sessions: readonly Action[][]): Promise<Outcome> {
  let served = 0
  let peak = 0
  try {
    const honest = await Honest.connect(target.port)
    try {
      if (!baselines.has(target)) {
        // What a first case brings in stays: code, tables, caches.
        await assault(target, honest, sessionsOf(0))
        baselines.set(target, (await target.memory())?.used ?? 0)
      }
      const damages = await assault(target, honest, sessions)
      served = honest.served
      for (const damage of damages) checkReplies(damage)
      peak = await checkMemory(target, honest)
    } finally {
      honest.destroy()
    }
  } catch (error) {
    const { message } = error as Error
    // A crash is why the honest client was left, and not the other way round.
    return { served, peak, failure: (await target.died()) ?? message }
  }
  return { served, peak, failure: target.failures[0] }
}

/** All clients at once, the honest one talking until the last has gone. */
async function assault(target: Target, honest: Honest, sessions: readonly Action[][]): Promise<Damage[]> {
  const beat = new Beat()
  const all = Promise.all(sessions.map((actions) => attack(target.port, actions, beat)))
  let over = false
  void all.finally(() => {
    over = true
  })
  try {
    while (!over) {
      await honest.roundTrip()
      beat.strike()
    }
  } finally {
    // Where the honest client fails, nobody waits for it any more.
    beat.stop()
  }
  return all
}

class Beat implements Pulse {
  #struck = 0
  #stopped = false
  #waiting: { readonly at: number; readonly resolve: () => void }[] = []

  beats(count: number): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ at: this.#struck + count, resolve }))
  }

  strike(): void {
    this.#struck += 1
    const due = this.#waiting.filter(({ at }) => at <= this.#struck)
    this.#waiting = this.#waiting.filter(({ at }) => at > this.#struck)
    for (const { resolve } of due) resolve()
  }

  stop(): void {
    this.#stopped = true
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }
}

function checkReplies({ replies, seconds }: Damage): void {
  const most = REPLIES_A_SECOND * (seconds + 2) + UNASKED
  if (replies > most) throw new Error(`${replies} replies to one client in ${seconds.toFixed(1)} s`)
}

/** @returns the process's peak. */
async function checkMemory(target: Target, honest: Honest): Promise<number> {
  const until = performance.now() + GONE
  for (;;) {
    const memory = await target.memory()
    if (memory === undefined) throw new Error('no answer about its memory')
    const kept = memory.used - (baselines.get(target) ?? 0)
    if (memory.peak > MAX_PEAK) throw new Error(`it took ${Math.round(memory.peak / 1e6)} MB at once`)
    // One is the honest client itself.
    if (memory.clients === 1 && kept <= MAX_KEPT) return memory.peak
    if (performance.now() > until) {
      throw new Error(
        `when all had gone, ${memory.clients - 1} clients and ${Math.round(kept / 1e6)} MB were left`,
      )
    }
    await honest.roundTrip()
  }
}

/** Runs a failed case again at fresh services: all of it, then each client alone, the first that fails ever shorter. */
async function isolate(sessions: readonly Action[][]): Promise<string> {
  const until = performance.now() + SEARCH
  const fails = async (tried: readonly Action[][]): Promise<boolean> =>
    performance.now() < until && (await failureOf(tried)) !== undefined
  if (!(await fails(sessions))) return 'not at a fresh service: it takes what came before, or luck'
  for (const [index, actions] of sessions.entries()) {
    if (!(await fails([actions]))) continue
    let short = actions
    for (let length = actions.length >> 1; length > 0; length >>= 1) {
      const shorter = short.slice(0, length)
      if (await fails([shorter])) short = shorter
    }
    return `by client ${index} alone, with its first ${short.length} of ${actions.length} actions:\n${describe(short)}`
  }
  return 'at a fresh service, by several clients together'
}

async function failureOf(sessions: readonly Action[][]): Promise<string | undefined> {
  const target = await Target.start()
  try {
    return (await runCase(target, sessions)).failure
  } finally {
    await target.stop()
  }
}

function describe(actions: readonly Action[]): string {
  return actions
    .map((action) => {
      if (action.kind !== 'send') return `  ${action.kind}`
      const { bytes } = action
      const cut = bytes.length > 64 ? ` … ${bytes.length} bytes` : ''
      return `  send ${bytes.toString('hex', 0, 64)}${cut}`
    })
    .join('\n')
}
