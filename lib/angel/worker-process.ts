/**
 * A worker as its angel sees it: a process, the messages to and from it, and the sockets on their way to it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type net from 'node:net'
import { type Alarm, type Clock, systemClock } from '../clock.js'
import type { Connection } from './connection-table.js'
import { LineReader } from './lines.js'
import {
  type AngelBodies,
  Damage,
  formatForget,
  formatKeep,
  formatMessage,
  MAX_MESSAGE,
  readWorkerMessage,
  type SocketNote,
  type WorkerMessage,
} from './messages.js'

/** Sockets sent before the worker has told of the first of them that it is there. */
const WINDOW = 4
/** A worker that says something so long after a socket has left, but not that it has come, has not got it. */
const SOCKET_TIMEOUT = 5_000
/** How often to look whether it has, in milliseconds. */
const SOCKET_LOOK = 1_000
/** So many damaged messages are told of a worker. */
const DAMAGES_TOLD = 10

/** What to start. */
export interface WorkerCommand {
  /** Node's own arguments, such as a loader's. */
  readonly execArgv: readonly string[]
  /** The file that Node runs, and its arguments. */
  readonly args: readonly string[]
}

export interface WorkerHost {
  message(worker: WorkerProcess, message: WorkerMessage): void
  /** So many of the sockets that it was to get have arrived that it need not wait for the rest. */
  socketsArrived(worker: WorkerProcess): void
  /** A socket has not arrived. */
  socketLost(worker: WorkerProcess, connection: Connection): void
  /** It has sent what is no message. */
  damage(worker: WorkerProcess, reason: string): void
  /** @param how in words. */
  ended(worker: WorkerProcess, how: string, exitCode: number): void
}

export class WorkerProcess {
  /** What the supervisor knows it by. */
  readonly number: number
  readonly #host: WorkerHost
  readonly #clock: Clock
  readonly #process: ChildProcess
  /** There is none where the process could not be started. */
  readonly #pipe: net.Socket | undefined
  /** Connections that it is to get. */
  readonly #waiting = new Map<number, Connection>()
  /** Those that it is getting, each with the alarm for the case that it does not. */
  readonly #onTheirWay = new Map<number, Alarm>()
  /** When it last said something. */
  #heardAt = 0
  #damages = 0
  #ended = false

  constructor(
    number: number,
    { execArgv, args }: WorkerCommand,
    host: WorkerHost,
    clock: Clock = systemClock,
  ) {
    this.number = number
    this.#host = host
    this.#clock = clock
    this.#process = spawn(process.execPath, [...execArgv, ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc', 'pipe'],
    })
    this.#pipe = this.#process.stdio?.[4] as net.Socket | undefined
    this.#process.once('exit', (code, signal) => this.#exited(...endOf(code, signal)))
    this.#process.on('error', (error) => {
      // Without a process id none was ever started; with one, a message has not been sent, and its end tells the rest.
      if (this.#process.pid === undefined) this.#exited(`could not be started: ${error.message}`, 1)
    })
    this.#process.on('message', () =>
      this.#damaged('it came on the channel for sockets, where none is awaited'),
    )
    if (this.#pipe === undefined) return
    const lines = new LineReader(MAX_MESSAGE, {
      line: (line) => this.#line(line),
      tooLong: () => this.#damaged(`it is longer than ${MAX_MESSAGE} bytes`),
    })
    this.#pipe.on('data', (chunk: Buffer) => lines.push(chunk))
    this.#pipe.on('error', () => {})
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  get ended(): boolean {
    return this.#ended
  }

  toString(): string {
    return `worker ${this.pid ?? '(none)'}`
  }

  tell<Name extends keyof AngelBodies & string>(name: Name, body: AngelBodies[Name]): void {
    this.#write(formatMessage(name, body))
  }

  /** Hands on what another worker has left. */
  tellKept(key: string, value: Buffer): void {
    const pipe = this.#pipe
    if (!pipe?.writable) return
    pipe.cork()
    pipe.write(formatKeep(key, '').slice(0, -1))
    pipe.write(value)
    pipe.write('\n')
    pipe.uncork()
  }

  tellForgotten(key: string): void {
    this.#write(formatForget(key))
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  // --- Sockets

  /**
   * Whether so many sockets are still on their way that clients would have to wait for them. A few always may be, where
   * clients come and go all the time.
   */
  get awaitsSockets(): boolean {
    return this.#waiting.size + this.#onTheirWay.size > WINDOW
  }

  /** Gives it a copy of a connection's socket. */
  sendSocket(connection: Connection): void {
    this.#waiting.set(connection.id, connection)
    this.#pump()
  }

  /** It needs a connection no longer, whether it has it yet or not. */
  dropSocket(id: number): void {
    if (!this.#waiting.delete(id)) {
      // It may not even have left, and then it never arrives.
      this.#landed(id)
      this.#send({ gone: id })
    }
    this.#pump()
    this.#checkArrived()
  }

  #pump(): void {
    for (const [id, connection] of this.#waiting) {
      if (this.#onTheirWay.size >= WINDOW) return
      this.#waiting.delete(id)
      this.#expect(connection, this.#clock.now())
      const { listener, remoteAddress } = connection
      const note: SocketNote =
        remoteAddress === undefined
          ? { connection: id, listener }
          : { connection: id, listener, remoteAddress }
      this.#send(note, connection.socket)
    }
  }

  /** One that is busy takes what is sent to it later: that is for its heartbeat to judge, and not for this. */
  #expect(connection: Connection, since: number): void {
    const look = (): void => {
      if (this.#heardAt - since < SOCKET_TIMEOUT) this.#expect(connection, since)
      else this.#lost(connection)
    }
    this.#onTheirWay.set(connection.id, this.#clock.setTimeout(look, SOCKET_LOOK))
  }

  #arrived(id: number): void {
    if (!this.#landed(id)) return
    this.#pump()
    this.#checkArrived()
  }

  /** @returns whether it was on its way. */
  #landed(id: number): boolean {
    this.#clock.clearTimeout(this.#onTheirWay.get(id))
    return this.#onTheirWay.delete(id)
  }

  #lost(connection: Connection): void {
    this.#onTheirWay.delete(connection.id)
    this.#host.socketLost(this, connection)
    this.#pump()
    this.#checkArrived()
  }

  #checkArrived(): void {
    if (!this.awaitsSockets) this.#host.socketsArrived(this)
  }

  #send(note: SocketNote, socket?: net.Socket): void {
    if (!this.#process.connected) return
    // The bare handle, and not the Socket around it: that would begin to read as soon as it arrives, and tie the two
    // processes together by the server that it came from. The copy on this side stays open.
    const handle = (socket as { _handle?: net.Socket } | undefined)?._handle
    this.#process.send(note, handle, { keepOpen: true }, () => {})
  }

  // --- What it says

  #line(line: Buffer): void {
    this.#heardAt = this.#clock.now()
    const message = readWorkerMessage(line)
    if (message instanceof Damage) this.#damaged(message.reason)
    else if (message.name === 'got') this.#arrived(message.body.connection)
    else this.#host.message(this, message)
  }

  #damaged(reason: string): void {
    this.#damages += 1
    if (this.#damages > DAMAGES_TOLD) return
    const last = this.#damages === DAMAGES_TOLD ? ' No more of its kind will be told of this worker.' : ''
    this.#host.damage(this, `${reason}.${last}`)
  }

  #write(message: string): void {
    if (this.#pipe?.writable) this.#pipe.write(message)
  }

  #exited(how: string, exitCode: number): void {
    if (this.#ended) return
    this.#ended = true
    for (const alarm of this.#onTheirWay.values()) this.#clock.clearTimeout(alarm)
    this.#waiting.clear()
    this.#onTheirWay.clear()
    // What it said last may still be on its way.
    const pipe = this.#pipe
    if (pipe === undefined || pipe.closed) this.#host.ended(this, how, exitCode)
    else {
      const over = (): void => {
        this.#clock.clearTimeout(late)
        pipe.off('close', over)
        pipe.destroy()
        this.#host.ended(this, how, exitCode)
      }
      // A process of the worker's own may hold the other end open for ever.
      const late = this.#clock.setTimeout(over, 500)
      pipe.once('close', over)
    }
  }
}

function endOf(code: number | null, signal: NodeJS.Signals | null): [how: string, exitCode: number] {
  // A signal may well be the angel's own.
  return signal === null ? [`ended with exit code ${code}`, code ?? 1] : [`was ended by ${signal}`, 1]
}
