/** The worker's end of the pipe to its angel: messages out, gathered by turn, and messages in. */
import type { Socket } from 'node:net'
import { LineReader } from './lines.js'
import {
  type AngelMessage,
  Damage,
  formatForget,
  formatKeep,
  formatMessage,
  MAX_MESSAGE,
  readAngelMessage,
  type WorkerBodies,
} from './messages.js'

/** Characters gathered before they leave even within a turn. */
const EARLY_FLUSH = 64 * 1024

export interface WireHost {
  heard(message: AngelMessage): void
  /** The angel has sent what is no message. */
  warn(message: string): void
  angelGone(): void
}

export class Wire {
  readonly #pipe: Socket
  #out = ''

  constructor(pipe: Socket, host: WireHost) {
    this.#pipe = pipe
    const lines = new LineReader(MAX_MESSAGE, {
      line(line) {
        const message = readAngelMessage(line)
        if (message instanceof Damage) host.warn(`A message of the angel's was ignored: ${message.reason}.`)
        else host.heard(message)
      },
      tooLong: () =>
        host.warn(`A message of the angel's was ignored: it is longer than ${MAX_MESSAGE} bytes.`),
    })
    pipe.on('data', (chunk: Buffer) => lines.push(chunk))
    pipe.on('error', () => pipe.destroy())
    pipe.on('close', () => host.angelGone())
  }

  say<Name extends keyof WorkerBodies & string>(name: Name, body: WorkerBodies[Name]): void {
    this.#write(formatMessage(name, body))
  }

  keep(key: string, text: string): void {
    this.#write(formatKeep(key, text))
  }

  forget(key: string): void {
    this.#write(formatForget(key))
  }

  /** Sends what is gathered. */
  flush(): void {
    const out = this.#out
    this.#out = ''
    if (out !== '' && this.#pipe.writable) this.#pipe.write(out)
  }

  /** Whether it keeps the process running. */
  keepAlive(alive: boolean): void {
    if (alive) this.#pipe.ref()
    else this.#pipe.unref()
  }

  /** Messages of one turn leave together. */
  #write(message: string): void {
    if (this.#out === '') process.nextTick(() => this.flush())
    this.#out += message
    if (this.#out.length > EARLY_FLUSH) this.flush()
  }
}
