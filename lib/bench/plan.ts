/** What a run is to do: all that each process needs to know, as plain data, and what follows from it. */
import type { Pattern } from '../connect/pattern.js'
import { askingScript, loadScript, type Script } from './script.js'
import type { Target } from './target.js'

export interface Plan {
  readonly target: Target
  /** As it was typed. */
  readonly targetText: string
  readonly clients: number
  /** New clients a second, over all processes. */
  readonly ramp: number
  /** Milliseconds from the end of the ramp. */
  readonly duration: number
  /** Exchanges a second over all clients (open loop); undefined asks as soon as it is answered (closed loop). */
  readonly rate: number | undefined
  /** Milliseconds for an answer. */
  readonly timeout: number
  /** Milliseconds for a connection. */
  readonly connectTimeout: number
  readonly processes: number
  readonly seed: number
  /** The file of a script; undefined asks `line` again and again. */
  readonly script: string | undefined
  readonly line: string
  /** What ends an answer to `line`: text, or a regular expression between slashes. Undefined: the end of a line. */
  readonly expect: string | undefined
  /** Closed loop: milliseconds between two questions of a client, had none of them waited; for the corrected figures. */
  readonly interval: number | undefined
}

/** Milliseconds from the start to when the last client begins to connect. */
export function rampTime({ clients, ramp }: Pick<Plan, 'clients' | 'ramp'>): number {
  return ((clients - 1) / ramp) * 1_000
}

/** Milliseconds between two slots of one client in an open loop. */
export function slotInterval({ clients, rate }: Pick<Plan, 'clients' | 'rate'>): number | undefined {
  return rate === undefined ? undefined : (clients / rate) * 1_000
}

/** How long a step of the report is at least, in milliseconds: short runs have enough to draw, long ones cost little. */
export function stepLength(duration: number): number {
  return [100, 250, 500].find((length) => duration / length <= 150) ?? 1_000
}

/** Milliseconds that those who wait for an answer at the end have, at most. */
export function patience({ timeout }: Plan, interrupted: boolean): number {
  return interrupted ? Math.min(timeout, 1_000) : timeout
}

export async function scriptOf({ script, line, expect }: Plan): Promise<Script> {
  return script === undefined ? askingScript(line, expect && patternOf(expect)) : loadScript(script)
}

/** `/^ok\n/i` as a regular expression, all else as text. @throws SyntaxError */
export function patternOf(text: string): Pattern {
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(text) ?? []
  return source === undefined ? text : new RegExp(source, flags)
}
