/** What the command and its processes say to each other. */
import type { Failures } from './failures.js'
import type { Plan } from './plan.js'

export type ToProcess =
  | { readonly type: 'plan'; readonly plan: Plan; readonly index: number }
  /** @param at milliseconds since the epoch: the first client connects then. */
  | { readonly type: 'start'; readonly at: number }
  /** The run is over before its time. */
  | { readonly type: 'stop' }

export type FromProcess =
  | { readonly type: 'ready' }
  /** It can't begin. */
  | { readonly type: 'unable'; readonly message: string }
  /** Each of its clients has tried to connect once. */
  | { readonly type: 'tried'; readonly connected: number }
  | { readonly type: 'step'; readonly step: StepMessage }
  | { readonly type: 'done'; readonly missed: number; readonly unfinished: number }

/** What happened in one step of time. Histograms are encoded. */
export interface StepMessage {
  /** Which one: step 0 begins when the ramp ends. */
  readonly number: number
  readonly sent: number
  readonly answers: number
  /** Milliseconds since the ramp's end; undefined where nothing was answered. */
  readonly firstAnswer?: number | undefined
  readonly lastAnswer?: number | undefined
  /** At its end. */
  readonly connected: number
  readonly waiting: number
  /** By label, from when it should have been asked. */
  readonly latencies: Readonly<Record<string, string>>
  /** From when it was asked, where that is not the same. */
  readonly service?: string | undefined
  readonly connects?: string | undefined
  /** How late the process itself was with what it had planned. */
  readonly lag?: string | undefined
  readonly failures: readonly Failures[]
  /** How long the process was at work, of how long: in milliseconds. */
  readonly active: number
  readonly elapsed: number
  /** The longest time for which its event loop came to nothing else, in milliseconds. */
  readonly delay: number
  /** The memory of the process, in bytes. */
  readonly memory: number
}
