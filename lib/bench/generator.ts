/** One process of a load generator, as the command sees it. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromProcess, ToProcess } from './messages.js'

const ownExtension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const WORKER = fileURLToPath(new URL(`./worker.${ownExtension}`, import.meta.url))

export interface GeneratorHost {
  message(generator: Generator, message: FromProcess): void
  /** @param how in words. */
  ended(generator: Generator, how: string): void
}

export class Generator {
  readonly index: number
  readonly #process: ChildProcess
  /** Resolves when the process has gone. */
  readonly gone: Promise<void>

  constructor(index: number, host: GeneratorHost) {
    this.index = index
    // A debugger's port is the command's own by now; a process gets another one.
    const execArgv = process.execArgv.map((word) =>
      word.replace(/^(--inspect(?:-brk|-wait)?)(=.*)?$/, '$1=0'),
    )
    // What a script prints is no part of the report, which is on stdout.
    this.#process = fork(WORKER, [], { execArgv, stdio: ['ignore', 2, 2, 'ipc'] })
    this.#process.on('message', (message: FromProcess) => host.message(this, message))
    this.gone = new Promise((resolve) => {
      const ended = (how: string): void => {
        resolve()
        host.ended(this, how)
      }
      this.#process.once('exit', (code, signal) => {
        ended(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`)
      })
      this.#process.on('error', (error) => {
        // Without a process id none was ever started; with one, a message has not been sent, and its end tells the rest.
        if (this.#process.pid === undefined) ended(`could not be started: ${error.message}`)
      })
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  tell(message: ToProcess): void {
    if (this.#process.connected) this.#process.send(message, () => {})
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }
}
