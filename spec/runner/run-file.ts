// Runs one spec file as a process of its own, within a time limit, and tells how it ended.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { killNode, startNode, stopNode } from './processes.js'
import { findTotals } from './totals.js'

/** A process that has printed its totals has nothing left to do but exit. */
const EXIT_MS = 5000
/** The pipes of a process that has exited close at once, unless a child of it holds them. */
const CLOSE_MS = 5000
/** No spec prints this much on purpose, and all of it is kept in memory. */
const MAX_OUTPUT = 16 * 1024 * 1024

export interface FileRun {
  /** Both streams, in order of arrival. */
  readonly output: string
  readonly stdout: string
  /** Null where a signal ended the process. */
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** Why the process could not be left to end by itself; undefined where it did. */
  readonly stopped: string | undefined
  readonly seconds: number
}

export interface RunOptions {
  /** Working directory of the process; `file` is relative to it. */
  readonly root: string
  /** Time limit in milliseconds; the file itself may declare a longer one. */
  readonly timeout: number
  readonly env: NodeJS.ProcessEnv
}

export async function runFile(file: string, { root, timeout, env }: RunOptions): Promise<FileRun> {
  const started = performance.now()
  const limit = Math.max(timeout, declaredLimit(readFileSync(join(root, file), 'utf8')))
  const child = startNode(['--import', 'tsx', file], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'exit')
  const closed = new Promise<boolean>((resolve) => child.once('close', () => resolve(true)))

  let output = ''
  let stdout = ''
  let stopped: string | undefined
  let exitTimer: NodeJS.Timeout | undefined
  const stop = (why: string): void => {
    if (stopped !== undefined) return
    stopped = why
    void stopNode(child)
  }
  const limitTimer = setTimeout(() => {
    stop(exitTimer ? LEFT_OPEN : `still running at its time limit of ${limit / 1000} s`)
  }, limit)
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    output += text
    // The totals are short: looking at the end keeps this linear where a file prints much.
    const end = stdout.slice(-text.length - 200)
    if (!exitTimer && findTotals(end).length > 0) exitTimer = setTimeout(stop, EXIT_MS, LEFT_OPEN)
    if (output.length > MAX_OUTPUT) stop(`printed more than ${MAX_OUTPUT} characters`)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (output.length > MAX_OUTPUT) stop(`printed more than ${MAX_OUTPUT} characters`)
  })

  const [exitCode, signal] = (await exit) as [number | null, NodeJS.Signals | null]
  clearTimeout(limitTimer)
  clearTimeout(exitTimer)
  let closeTimer: NodeJS.Timeout | undefined
  const heldOpen = new Promise<boolean>((resolve) => {
    closeTimer = setTimeout(resolve, CLOSE_MS, false)
  })
  if (!(await Promise.race([closed, heldOpen]))) {
    stopped ??= 'it exited, but a process that it started was left open, and still holds its output'
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
  clearTimeout(closeTimer)
  killNode(child)
  return { output, stdout, exitCode, signal, stopped, seconds: (performance.now() - started) / 1000 }
}

const LEFT_OPEN =
  'its tests ended, but its process did not: something was left open (a server, socket, timer or process)'

/** Milliseconds of a `// time limit: 300 s` among the first ten lines; 0 where there is none. */
function declaredLimit(source: string): number {
  const head = source.split('\n', 10).join('\n')
  return Number(/^\/\/ time limit: (\d+) s$/m.exec(head)?.[1] ?? 0) * 1000
}
