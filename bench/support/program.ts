/** Servers and loads as processes of their own, so that neither costs the other time. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Program {
  readonly child: ChildProcess
  /** The next line that it prints. */
  line(): Promise<string>
  /** Closes its standard input, and waits until it has ended. */
  end(): Promise<void>
}

/** Runs a TypeScript file, such as `new URL('./servers.ts', import.meta.url)`. */
export function run(file: URL, ...args: readonly (string | number)[]): Program {
  return runNode('--expose-gc', '--import', 'tsx', fileURLToPath(file), ...args)
}

/** Runs Node with these arguments. */
export function runNode(...args: readonly (string | number)[]): Program {
  const child = spawn(process.execPath, args.map(String), { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const iterator = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  return {
    child,
    async line() {
      const { value, done } = await iterator.next()
      if (done) throw new Error(`${args.join(' ')} ended without an answer`)
      return value
    },
    async end() {
      child.stdin?.end()
      await exited
    },
  }
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
