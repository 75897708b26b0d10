/** The fuzzed service as the fuzzer holds it: a process that must live, and what it says. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { nodeArgs } from '../support/node.js'
import type { Memory } from './victim.js'

const VICTIM = 'spec/fuzz/victim.ts'

export class Target {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  port = 0
  /** What went wrong in it. */
  readonly failures: string[] = []
  #stderr = ''
  #stopping = false
  readonly #closed: Promise<void>

  private constructor() {
    this.#process = spawn(process.execPath, ['--expose-gc', ...nodeArgs(VICTIM)])
    this.#process.stdin.on('error', () => {})
    this.#process.stderr.on('data', (text) => {
      this.#stderr += text
    })
    this.#closed = new Promise((resolve) => {
      this.#process.once('close', (code, signal) => {
        if (!this.#stopping)
          this.failures.push(`it crashed: ${signal ?? `exit code ${code}`}\n${this.#stderr}`)
        resolve()
      })
    })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  static async start(): Promise<Target> {
    const target = new Target()
    target.port = Number(await target.#line())
    return target
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** Undefined where it has crashed. */
  async memory(): Promise<Memory | undefined> {
    this.#process.stdin.write('\n')
    const line = await this.#line()
    return line === undefined ? undefined : JSON.parse(line)
  }

  /** Freezes it: for the spec that sees whether a fuzzer would notice. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  /** Why it crashed; undefined where it lives. That a connection broke is known before the end of the process is. */
  async died(): Promise<string | undefined> {
    let alarm: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      alarm = setTimeout(resolve, 2_000)
    })
    await Promise.race([this.#closed, patience])
    clearTimeout(alarm)
    return this.alive ? undefined : this.failures.at(-1)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    if (!this.alive) return
    this.#process.kill('SIGKILL')
    await this.#closed
  }

  /** The next line that is no complaint. */
  async #line(): Promise<string | undefined> {
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) return undefined
      if (!value.startsWith('failed: ')) return value
      this.failures.push(value)
    }
  }
}
