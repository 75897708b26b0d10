/**
 * A worker as its angel sees it: a process, and the frames to and from it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type net from 'node:net'
import { type Clock, systemClock } from '../clock.js'
import { FrameError } from '../edge/bytes.js'
import { FrameReader, greeting, message, readWorkerFrame, type WorkerFrame } from '../edge/frames.js'
import { type EdgeMessage, readWorkerMessage, type WorkerMessage } from '../edge/messages.js'
import { keepFromBlocking } from '../log/blocking.js'
import type { WorkerCommand } from './worker-command.js'

/** How a worker has ended. */
export interface WorkerEnd {
  /** In words. */
  readonly how: string
  /** For its angel, should that end with it. */
  readonly exitCode: number
  /** A signal ended it that is sent by somebody, and not by the system for a fault of the process. */
  readonly killed: boolean
}

export interface WorkerHost {
  /** The first frame. */
  greeting(worker: WorkerProcess, version: number): void
  message(worker: WorkerProcess, message: WorkerMessage): void
  /** What it did in a turn. @throws FrameError */
  turn(worker: WorkerProcess, records: Buffer): void
  /** Nothing that it sends can be used any more. */
  broken(worker: WorkerProcess, reason: string): void
  ended(worker: WorkerProcess, end: WorkerEnd): void
}

/** How long a process of the worker's own may hold the pipe open after the worker has ended, in milliseconds. */
const PIPE_GRACE = 500
/** Bytes that are sent before the turn ends, so that the worker reads them while others are still made. */
const EARLY_FLUSH = 64 * 1024

export class WorkerProcess {
  /** What the supervisor knows it by. */
  readonly number: number
  readonly #host: WorkerHost
  readonly #clock: Clock
  /** There is none where the process could not be started; nor is there a pipe. */
  readonly #process: ChildProcess | undefined
  readonly #pipe: net.Socket | undefined
  /** What is to be sent at the end of the turn. */
  #parts: Buffer[] = []
  /** Bytes of that. */
  #size = 0
  #ended = false
  #broken = false

  constructor(number: number, command: WorkerCommand, host: WorkerHost, clock: Clock = systemClock) {
    this.number = number
    this.#host = host
    this.#clock = clock
    this.#process = this.#start(command)
    keepFromBlocking(process.stderr)
    const pipe = this.#process?.stdio?.[3] as net.Socket | undefined
    this.#pipe = pipe
    if (pipe === undefined) return
    const frames = new FrameReader((bytes) => this.#frame(readWorkerFrame(bytes)))
    pipe.on('data', (chunk: Buffer) => {
      if (this.#broken) return
      try {
        frames.push(chunk)
      } catch (error) {
        this.#notUnderstood(error)
      }
    })
    pipe.on('error', () => {})
    this.send(greeting())
  }

  /** Node throws some of the reasons why a process can't be started, and tells others later: here, all come later. */
  #start({ execArgv, args, cwd }: WorkerCommand): ChildProcess | undefined {
    const notStarted = ({ message }: Error): void =>
      this.#exited({ how: `could not be started: ${message}`, exitCode: 1, killed: false })
    try {
      const child = spawn(process.execPath, [...execArgv, ...args], {
        stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
        ...(cwd !== undefined && { cwd }),
      })
      child.once('exit', (code, signal) => this.#exited(endOf(code, signal)))
      child.on('error', (error) => {
        // Without a process id none was ever started; with one, a message has not been sent, and its end tells the rest.
        if (child.pid === undefined) notStarted(error)
      })
      return child
    } catch (error) {
      setImmediate(() => notStarted(error as Error))
      return undefined
    }
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  get ended(): boolean {
    return this.#ended
  }

  tell(body: EdgeMessage): void {
    this.send(message(body))
  }

  /** What is sent in one turn of the event loop leaves as one write: a system call for each frame would be half of all work. */
  send(...parts: Buffer[]): void {
    if (this.#parts.length === 0) setImmediate(() => this.#flush())
    for (const part of parts) {
      this.#parts.push(part)
      this.#size += part.length
    }
    if (this.#size >= EARLY_FLUSH) this.#flush()
  }

  #flush(): void {
    const parts = this.#parts
    if (parts.length === 0) return
    this.#parts = []
    this.#size = 0
    if (this.#pipe?.writable)
      this.#pipe.write(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts))
  }

  kill(): void {
    this.#process?.kill('SIGKILL')
  }

  #frame(frame: WorkerFrame): void {
    if (frame.type === 'turn') this.#host.turn(this, frame.records)
    else if (frame.type === 'greeting') this.#host.greeting(this, frame.version)
    else {
      const body = readWorkerMessage(frame.body)
      if (body === undefined) throw new FrameError('it is no message that this version knows')
      this.#host.message(this, body)
    }
  }

  /** Where one frame ends and the next begins is not known any more, so nothing that follows can be used. */
  #notUnderstood(error: unknown): void {
    if (!(error instanceof FrameError)) throw error
    this.#broken = true
    this.#host.broken(this, `it sent a frame that makes no sense: ${error.message}`)
  }

  #exited(end: WorkerEnd): void {
    if (this.#ended) return
    this.#ended = true
    // What it said last may still be on its way.
    const pipe = this.#pipe
    if (pipe === undefined || pipe.closed) this.#host.ended(this, end)
    else {
      const over = (): void => {
        this.#clock.clearTimeout(late)
        pipe.off('close', over)
        pipe.destroy()
        this.#host.ended(this, end)
      }
      // A process of the worker's own may hold the other end open for ever.
      const late = this.#clock.setTimeout(over, PIPE_GRACE)
      pipe.once('close', over)
    }
  }
}

/** Signals that somebody sends. Others, such as SIGABRT and SIGSEGV, are for faults of the process itself. */
const SENT: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']

function endOf(code: number | null, signal: NodeJS.Signals | null): WorkerEnd {
  if (signal === null) return { how: `ended with exit code ${code}`, exitCode: code ?? 1, killed: false }
  return { how: `was ended by ${signal}`, exitCode: 1, killed: SENT.includes(signal) }
}
