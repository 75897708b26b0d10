// Starts processes so that none outlives the run. Each leads a process group of its own, because a spec may start further
// processes, and a signal to the spec alone would leave them running.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'

/** Time between the polite signal and the final one. */
const TERM_MS = 2000

const running = new Set<ChildProcess>()

/** Starts `node` with `args` as the leader of a new process group. */
export function startNode(args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(process.execPath, args, { ...options, detached: true })
  running.add(child)
  return child
}

/**
 * Ends the whole group: SIGTERM, so that a process that leads groups of its own can end those; then SIGKILL. Resolves when
 * SIGKILL has been sent.
 */
export async function stopNode(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    signalGroup(child, 'SIGTERM')
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, TERM_MS)
    })
    await Promise.race([exit, timeout])
    clearTimeout(timer)
  }
  killNode(child)
}

/** Kills at once what is left of the group. */
export function killNode(child: ChildProcess): void {
  signalGroup(child, 'SIGKILL')
  running.delete(child)
}

/** Sees to it that every group ends when this process does, by a signal or otherwise. */
export function stopAllOnExit(): void {
  process.on('exit', () => {
    for (const child of running) killNode(child)
  })
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.on(signal, async () => {
      console.error(`stopped by ${signal}`)
      await Promise.all([...running].map(stopNode))
      process.exit(128 + number)
    })
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    // ESRCH: the group has gone. EPERM: macOS says so of a group in which only zombies are left.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
