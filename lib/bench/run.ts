/** A whole run: starts the processes, begins them together, gathers what they tell, and sums it up. */
import { cpus } from 'node:os'
import { BenchError } from './errors.js'
import { findingsOf } from './findings.js'
import { Generator } from './generator.js'
import type { FromProcess } from './messages.js'
import { type Plan, patience, rampTime, stepLength } from './plan.js'
import type { BenchReport, End } from './report.js'
import { Timeline } from './timeline.js'

/** Milliseconds that all processes have to hear when to begin. */
const HEADSTART = 50
/** Milliseconds beyond its time after which a process that does not end is ended. */
const GRACE = 3_000

export interface RunOptions {
  /** Ends the run early; what was measured is reported. */
  readonly signal?: AbortSignal | undefined
  /** Called when a step has been told. @param now milliseconds since the ramp's end. */
  readonly onStep?: ((timeline: Timeline, now: number) => void) | undefined
  /** For the report. */
  readonly versions: BenchReport['versions']
}

/** @throws BenchError where it can't begin. */
export async function runBench(plan: Plan, options: RunOptions): Promise<BenchReport> {
  const run = new Run(plan, options)
  try {
    return await run.report()
  } finally {
    await run.close()
  }
}

interface Member {
  readonly generator: Generator
  state: 'loading' | 'ready' | 'running' | 'done' | 'gone'
  connected?: number
  missed: number
  unfinished: number
  died?: string
}

class Run {
  readonly #plan: Plan
  readonly #options: RunOptions
  readonly #members: Member[] = []
  readonly #timeline: Timeline
  #start = 0
  #end: End = 'duration'
  #endedAt: number | undefined
  #problem: string | undefined
  #changed: () => void = () => {}

  constructor(plan: Plan, options: RunOptions) {
    this.#plan = plan
    this.#options = options
    this.#timeline = new Timeline(stepLength(plan.duration), plan.duration)
    const host = {
      message: (generator: Generator, message: FromProcess) => this.#message(generator, message),
      ended: (generator: Generator, how: string) => this.#ended(generator, how),
    }
    for (let index = 0; index < plan.processes; index += 1) {
      const generator = new Generator(index, host)
      this.#members.push({ generator, state: 'loading', missed: 0, unfinished: 0 })
      generator.tell({ type: 'plan', plan, index })
    }
  }

  async report(): Promise<BenchReport> {
    const { signal } = this.#options
    const onAbort = (): void => {
      this.#stop('interrupted')
      this.#changed()
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      await this.#until(() => signal?.aborted || this.#members.every(({ state }) => state === 'ready'))
      if (signal?.aborted) throw new BenchError('The run was interrupted before it began.')
      return await this.#measure()
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Leaves no process behind. */
  async close(): Promise<void> {
    for (const { generator } of this.#members) generator.kill()
    await Promise.all(this.#members.map(({ generator }) => generator.gone))
  }

  async #measure(): Promise<BenchReport> {
    const plan = this.#plan
    const before = cpuTimes()
    this.#start = Date.now() + HEADSTART
    for (const member of this.#members) {
      member.state = 'running'
      member.generator.tell({ type: 'start', at: this.#start })
    }
    const longest = HEADSTART + rampTime(plan) + plan.duration + patience(plan, false) + GRACE
    const late = setTimeout(() => this.#giveUp(), longest)
    try {
      await this.#until(() => this.#members.every(({ state }) => state === 'done' || state === 'gone'))
    } finally {
      clearTimeout(late)
    }
    return this.#summary(busyShare(before, cpuTimes()))
  }

  /** Resolves when it is so. @throws BenchError when a process can't begin. */
  async #until(isSo: () => boolean | undefined): Promise<void> {
    for (;;) {
      if (this.#problem !== undefined) throw new BenchError(this.#problem)
      if (isSo()) return
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }

  /** Milliseconds since the ramp's end. */
  #now(): number {
    return Date.now() - this.#start - rampTime(this.#plan)
  }

  #message(generator: Generator, message: FromProcess): void {
    const member = this.#members[generator.index] as Member
    if (message.type === 'ready') member.state = 'ready'
    else if (message.type === 'unable') this.#problem = message.message
    else if (message.type === 'step') {
      this.#timeline.add(generator.index, message.step)
      this.#options.onStep?.(this.#timeline, this.#now())
    } else if (message.type === 'tried') {
      member.connected = message.connected
      if (this.#members.every(({ connected }) => connected === 0)) this.#stop('no-connection')
    } else {
      member.state = 'done'
      member.missed = message.missed
      member.unfinished = message.unfinished
    }
    this.#changed()
  }

  #ended(generator: Generator, how: string): void {
    const member = this.#members[generator.index] as Member
    if (member.state === 'loading' || member.state === 'ready') {
      this.#problem = `A process of the load generator ${how} before the run began.`
    } else if (member.state === 'running') {
      member.died ??= how
      member.state = 'gone'
      if (this.#members.every(({ state }) => state === 'gone')) this.#over('generator')
    }
    this.#changed()
  }

  #stop(end: End): void {
    this.#over(end)
    for (const { generator, state } of this.#members)
      if (state === 'running') generator.tell({ type: 'stop' })
    // A script that never lets go of its process is not waited for.
    setTimeout(() => this.#giveUp(), patience(this.#plan, true) + GRACE).unref()
  }

  #over(end: End): void {
    if (this.#endedAt !== undefined) return
    this.#end = end
    this.#endedAt = Math.min(this.#now(), this.#plan.duration)
  }

  #giveUp(): void {
    for (const member of this.#members) {
      if (member.state !== 'running') continue
      member.died = 'did not end in time (a script that never awaits keeps it from that), and was ended'
      member.generator.kill()
    }
  }

  #summary(machine: number): BenchReport {
    const plan = this.#plan
    const timeline = this.#timeline
    const { target: _, targetText, ...options } = plan
    const measured = Math.max(0, this.#endedAt ?? plan.duration)
    const sum = (of: (member: Member) => number) => this.#members.reduce((all, member) => all + of(member), 0)
    const labels = [...timeline.labels].map(([label, latencies]) => [label, latencies.percentiles()] as const)
    const { interval, rate, clients, processes } = plan
    const report: Omit<BenchReport, 'findings'> = {
      format: 'mara-bench',
      version: 1,
      startedAt: new Date(this.#start).toISOString(),
      versions: this.#options.versions,
      options: { ...options, target: targetText },
      ended: this.#end,
      measured,
      connections: {
        made: timeline.connects.count,
        peak: timeline.peak,
        latency: timeline.connects.percentiles(),
      },
      exchanges: {
        sent: timeline.sent,
        rampAnswers: timeline.rampAnswers,
        answers: timeline.latencies.count,
        throughput: measured === 0 ? 0 : (timeline.answers / measured) * 1_000,
        unfinished: sum(({ unfinished }) => unfinished),
        ...(rate !== undefined && { missed: sum(({ missed }) => missed) }),
      },
      latency: {
        answer: timeline.latencies.percentiles(),
        ...(rate !== undefined && { service: timeline.service.percentiles() }),
        ...(rate === undefined &&
          interval !== undefined && { corrected: timeline.latencies.corrected(interval).percentiles() }),
        labels: Object.fromEntries(labels),
        quantiles: timeline.latencies.quantiles(),
      },
      errors: { count: timeline.failures.count, kinds: timeline.failures.list() },
      generator: {
        processes: this.#members.map(({ generator, died }, index) => ({
          pid: generator.pid,
          clients: Math.ceil((clients - index) / processes),
          ...(timeline.own[index] ?? { utilisation: 0, delay: 0, memory: 0 }),
          ...(died !== undefined && { died }),
        })),
        ...(rate !== undefined && { lag: timeline.lag.percentiles() }),
        machine,
      },
      steps: timeline.steps(),
    }
    return { ...report, findings: findingsOf(report, timeline) }
  }
}

interface CpuTimes {
  readonly idle: number
  readonly all: number
}

function cpuTimes(): CpuTimes {
  const times = cpus().map((cpu) => cpu.times)
  const idle = times.reduce((sum, time) => sum + time.idle, 0)
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0)
  return { idle, all }
}

function busyShare(before: CpuTimes, after: CpuTimes): number {
  const all = after.all - before.all
  return all <= 0 ? 0 : 1 - (after.idle - before.idle) / all
}
