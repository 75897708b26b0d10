/** A program under an angel of its own, in real processes that a test replaces and kills. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { askAngel } from '../angel/ask.js'
import type { Answers } from '../angel/control.js'
import type { Address } from '../transport/server.js'
import { ProgramFailedError } from './errors.js'

/** Milliseconds from one look at a process that has been asked for something to the next. */
const LOOK = 20
/** Characters of what the program has printed that are kept for an error. */
const KEPT_OUTPUT = 4_000

const ownExtension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const ENTRY = fileURLToPath(new URL(`./run-angel.${ownExtension}`, import.meta.url))
const LOADER = ownExtension === 'ts' ? ['--import', 'tsx'] : []

export class AngelProcess {
  readonly #program: string
  /** Its control socket and its stores are here, so that it disturbs nobody and begins with nothing. */
  readonly #folder: string
  readonly #process: ChildProcessByStdio<null, Readable, Readable>
  readonly #ended: Promise<unknown>
  #output = ''
  #over = false

  private constructor(program: string, settings: readonly string[], env: NodeJS.ProcessEnv) {
    this.#program = program
    this.#folder = mkdtempSync(join(tmpdir(), 'mara-test-'))
    const own = ['--port=0', '--probation=0', `--storePath=${join(this.#folder, 'store')}`]
    this.#process = spawn(process.execPath, [...LOADER, ENTRY, program, ...own, ...settings], {
      env: { ...process.env, ...env, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_OUTPUT)
      })
    }
    this.#ended = once(this.#process, 'close').finally(() => {
      this.#over = true
      rmSync(this.#folder, { recursive: true, force: true })
    })
  }

  /**
   * Resolves when the program serves.
   *
   * @param settings for the program, as on its command line. Unless said otherwise it gets a free port, and an empty folder
   * for its stores.
   * @throws ProgramFailedError with what it has printed.
   */
  static async start(
    program: string,
    settings: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): Promise<AngelProcess> {
    const started = new AngelProcess(program, settings, env)
    await started.#worker()
    return started
  }

  async addresses(): Promise<readonly Address[]> {
    return (await this.#status())?.addresses ?? []
  }

  /** A new process takes over, as after `mara restart`. */
  async restart(): Promise<void> {
    await askAngel(this.#program, 'restart', { env: this.#env })
  }

  /** Kills the process that serves. Resolves when another one serves. */
  async crash(): Promise<void> {
    const before = await this.#worker()
    process.kill(before, 'SIGKILL')
    await this.#worker(before)
  }

  /** Resolves when all connections are closed. */
  async deserted(): Promise<void> {
    while ((await this.#status())?.connections !== 0 && !this.#over) await pause(LOOK)
  }

  /** Resolves when all of its processes have ended. */
  async stop(): Promise<void> {
    if (!this.#over)
      await askAngel(this.#program, 'stop', { env: this.#env }).catch(() => this.#process.kill())
    await this.#ended
  }

  /** The process that serves, when it is another one than `before`. */
  async #worker(before?: number): Promise<number> {
    for (;;) {
      if (this.#over) throw new ProgramFailedError(this.#program, this.#output)
      const status = await this.#status()
      if (status?.worker !== undefined && status.worker !== before && status.state === 'serving') {
        return status.worker
      }
      await pause(LOOK)
    }
  }

  /** Undefined where the angel does not answer yet, or no longer. */
  #status(): Promise<Answers['status'] | undefined> {
    return askAngel(this.#program, 'status', { env: this.#env }).catch(() => undefined)
  }

  get #env(): NodeJS.ProcessEnv {
    return { XDG_RUNTIME_DIR: this.#folder }
  }
}
