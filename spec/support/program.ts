/** Programs as their users run them: a process of its own, its output as it comes, its end. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { nodeArgs, ROOT } from './node.js'

export interface Exit {
  /** Null where a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ProgramOptions {
  /** At most so many open files (`ulimit -n`). */
  readonly files?: number
  /** Variables on top of this process's environment. */
  readonly env?: Readonly<Record<string, string>>
}

export class Program {
  readonly #process: ChildProcessWithoutNullStreams
  /** Resolves when the process has ended and all its output is here. */
  readonly exit: Promise<Exit>
  stdout = ''
  stderr = ''
  /** How far `find` has come in each stream. */
  readonly #taken = { stdout: 0, stderr: 0 }
  #ended = false
  readonly #watchers = new Set<() => void>()

  /** @param args the program, from the root of the repository, and its arguments. */
  constructor([file = '', ...args]: readonly string[], { files, env }: ProgramOptions = {}) {
    const node = [process.execPath, ...nodeArgs(file, ...args)]
    const [command, ...words] =
      files === undefined ? node : ['sh', '-c', `ulimit -n ${files}; exec "$@"`, 'sh', ...node]
    this.#process = spawn(command as string, words, { cwd: ROOT, env: { ...plainEnvironment(), ...env } })
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#process[stream].setEncoding('utf8').on('data', (text: string) => {
        this[stream] += text
        this.#changed()
      })
    }
    // A process that has ended reads no more of what it is told.
    this.#process.stdin.on('error', () => {})
    this.exit = new Promise((resolve, reject) => {
      this.#process.once('error', reject)
      this.#process.once('close', (code, signal) => {
        this.#ended = true
        this.#changed()
        resolve({ code, signal })
      })
    })
  }

  /** Waits for `pattern` in what comes after the last match in that stream. */
  async find(pattern: RegExp, stream: 'stdout' | 'stderr' = 'stdout'): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[stream].slice(this.#taken[stream]))
      if (match !== null) {
        this.#taken[stream] += match.index + match[0].length
        return match
      }
      if (this.#ended) {
        throw new Error(`it ended before ${pattern} was in its ${stream}:\n${this.stdout}\n${this.stderr}`)
      }
      await new Promise<void>((resolve) => this.#watchers.add(resolve))
    }
  }

  /** One line to its standard input. */
  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`)
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  /** Sees to it that it has ended. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.exit
  }

  #changed(): void {
    const watchers = [...this.#watchers]
    this.#watchers.clear()
    for (const wake of watchers) wake()
  }
}

/** Runs a program for the time of `body`. */
export async function withProgram(
  args: readonly string[],
  body: (program: Program) => Promise<void>,
  options?: ProgramOptions,
): Promise<void> {
  const program = new Program(args, options)
  try {
    await body(program)
  } finally {
    await program.kill()
  }
}

/** This process's environment without settings of services in it. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MARA_')))
}
