/** What the specs of the `mara` command share: folders that go away, a terminal made of memory, processes. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import type { Io } from '../../lib/cli/io.js'
import { nodeArgs, ROOT } from '../support/node.js'

const folders: string[] = []

/** Removes all folders; called at the exit, and before by whoever has made big ones. */
export function removeFolders(): void {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true, maxRetries: 3 })
}

process.once('exit', removeFolders)

/** A new folder with these files in it; it is gone when this process is. */
export function folder(files: Readonly<Record<string, string>> = {}): string {
  const made = realpathSync(mkdtempSync(path.join(tmpdir(), 'mara-cli-')))
  folders.push(made)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(made, name)), { recursive: true })
    writeFileSync(path.join(made, name), text)
  }
  return made
}

export interface Screen extends Io {
  readonly stdin: PassThrough & { isTTY: boolean }
  readonly stdout: PassThrough & { isTTY: boolean; columns: number }
  readonly stderr: PassThrough
  /** All that was written to stdout so far. */
  out(): string
  /** All that was written to stderr so far. */
  err(): string
}

/** Standard streams in memory: a terminal's where `isTTY`, else those of a pipe. */
export function screen({ isTTY = false, columns = 80 } = {}): Screen {
  const written = { out: '', err: '' }
  const stdin = Object.assign(new PassThrough(), { isTTY })
  const stdout = Object.assign(new PassThrough(), { isTTY, columns })
  const stderr = new PassThrough()
  stdout.on('data', (chunk) => {
    written.out += chunk
  })
  stderr.on('data', (chunk) => {
    written.err += chunk
  })
  return { stdin, stdout, stderr, out: () => written.out, err: () => written.err }
}

export interface ProcessOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

/** A process that leads a group, as one does that a shell starts. */
export class Run {
  readonly #process: ChildProcessByStdio<null, Readable, Readable>
  /** Resolves with the exit code, or the signal, when the process has ended and all its output is here. */
  readonly ended: Promise<number | string>
  out = ''
  err = ''
  #over = false
  #wake: () => void = () => {}

  constructor(command: string, args: readonly string[], { cwd = ROOT, env = {} }: ProcessOptions = {}) {
    this.#process = spawn(command, args, {
      cwd,
      env: { ...environment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.out += text
      this.#wake()
    })
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.err += text
      this.#wake()
    })
    this.ended = new Promise((resolve, reject) => {
      this.#process.once('error', reject)
      this.#process.once('close', (code, signal) => {
        this.#over = true
        this.#wake()
        resolve(code ?? (signal as string))
      })
    })
  }

  /** Waits until stdout has a match. */
  async find(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.out)
      if (match !== null) return match
      if (this.#over) throw new Error(`it ended before ${pattern} came:\n${this.out}\n${this.err}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** What Ctrl-C on its terminal does: the whole group gets it. */
  interrupt(): void {
    process.kill(-(this.#process.pid as number), 'SIGINT')
  }

  /** Sees to it that nothing of the group is left. */
  async kill(): Promise<void> {
    if (!this.#over) process.kill(-(this.#process.pid as number), 'SIGKILL')
    await this.ended
  }
}

/** Starts a process for the time of `body`. */
export async function running(run: Run, body: (run: Run) => Promise<void>): Promise<void> {
  try {
    await body(run)
  } finally {
    await run.kill()
  }
}

export interface Result {
  readonly code: number | string
  readonly out: string
  readonly err: string
}

/** Runs a process to its end. */
export async function finished(run: Run): Promise<Result> {
  const code = await run.ended
  return { code, out: run.out, err: run.err }
}

/** Starts the command in the root of the repository. */
export function startMara(args: readonly string[], options?: ProcessOptions): Run {
  // A program in TypeScript gets its `mara-ts` from the source, and a process has room for one library.
  const fromSource = args.some((arg) => arg.endsWith('.ts'))
  const main = 'lib/cli/main.ts'
  return new Run(
    process.execPath,
    [...(fromSource ? ['--import', 'tsx', main] : nodeArgs(main)), ...args],
    options,
  )
}

/** Runs the command to its end. */
export function mara(args: readonly string[], options?: ProcessOptions): Promise<Result> {
  return finished(startMara(args, options))
}

/** This process's environment without what a test run puts there, and without settings of services. */
function environment(): NodeJS.ProcessEnv {
  const foreign = /^(MARA_|npm_|NODE_OPTIONS$|FORCE_COLOR$|INIT_CWD$)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}
