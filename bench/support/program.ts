/** Servers and loads as processes of their own, so that neither costs the other time. */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ROOT } from './build.js'

export interface Program {
  readonly child: ChildProcess
  /** The next line that it prints. */
  line(): Promise<string>
  /** Closes its standard input, and waits until it has ended. */
  end(): Promise<void>
  /** Sends it SIGTERM, and waits until it has ended: for `patience` milliseconds, and then it is killed. */
  stop(patience?: number): Promise<void>
}

/** Those that run, so that none outlives this process. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** Runs a TypeScript file. */
export function run(file: URL, ...args: readonly (string | number)[]): Program {
  return runNode('--expose-gc', '--import', 'tsx', fileURLToPath(file), ...args)
}

/** Runs Node with these arguments. */
function runNode(...args: readonly (string | number)[]): Program {
  return runCommand([process.execPath, ...args.map(String)])
}

/**
 * Runs a program as the built `mara` command does: `runMara('angel', FILE, '--probation=0')`. It prints `open PORT` when it
 * serves.
 */
export async function runMara(
  ...words: readonly string[]
): Promise<{ readonly program: Program; readonly port: string }> {
  const program = runNode(path.join(ROOT, 'dist/cli/main.js'), ...words, '--port=0')
  return { program, port: (await program.line()).split(' ')[1] ?? '' }
}

/** @param env all of its environment. */
export function runCommand(
  [command, ...args]: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Program {
  const child = spawn(command as string, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
  running.add(child)
  const exited = new Promise<void>((resolve) => {
    const gone = (): void => {
      running.delete(child)
      resolve()
    }
    child.once('exit', gone)
    child.once('error', gone)
  })
  // A process that has ended reads no more of what it is told.
  child.stdin.on('error', () => {})
  const iterator = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    child,
    async line() {
      const { value, done } = await iterator.next()
      if (done) throw new Error(`${command} ${args.join(' ')} ended without an answer`)
      return value
    },
    async end() {
      child.stdin.end()
      await exited
    },
    async stop(patience = 10_000) {
      child.kill('SIGTERM')
      const alarm = setTimeout(() => child.kill('SIGKILL'), patience)
      await exited
      clearTimeout(alarm)
    },
  }
}
