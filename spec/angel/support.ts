/** What the specs of the angel share: a program under an angel, and crowds of peers that count. */

import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import tls from 'node:tls'
import { createWebSocketStream, WebSocket } from 'ws'
import { askAngel } from '../../lib/angel/index.js'
import { Run } from '../cli/support.js'
import { built, loader } from '../support/node.js'
import { Peer } from '../support/peer.js'

/** A folder for control sockets of this spec's own: two specs may run the same program at a time. */
const RUNTIME = mkdtempSync(join(tmpdir(), 'mara-angel-'))
process.env.XDG_RUNTIME_DIR = RUNTIME
process.on('exit', () => rmSync(RUNTIME, { recursive: true, force: true }))

/** Runs a program's angel that never waits before it starts a worker again. */
export const ANGEL = resolve(built('lib/testing/run-angel.ts'))

export const fixture = (name: string): string => built(`spec/angel/fixtures/${name}.ts`)

/** A program under an angel. */
export class Guarded {
  readonly run: Run
  readonly file: string
  readonly port: number

  private constructor(run: Run, file: string, port: number) {
    this.run = run
    this.file = file
    this.port = port
  }

  /** Resolves when the program has said `open PORT`. */
  static async start(
    file: string,
    settings: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
    cwd?: string,
  ): Promise<Guarded> {
    // Whoever asks for a restart need not wait for the probation, unless that is what the spec is about.
    const probation = settings.some((setting) => setting.startsWith('--probation')) ? [] : ['--probation=0']
    const args = [...loader, ANGEL, file, '--port=0', ...probation, ...settings]
    const run = new Run(process.execPath, args, {
      env: { XDG_RUNTIME_DIR: RUNTIME, ...env },
      ...(cwd !== undefined && { cwd }),
    })
    try {
      const [, port] = await run.find(/open (\d+)/)
      return new Guarded(run, cwd === undefined ? file : join(cwd, file), Number(port))
    } catch (error) {
      await run.kill()
      throw error
    }
  }

  connect(): Promise<Peer> {
    return Peer.connect({ port: this.port, host: '127.0.0.1' })
  }

  restart() {
    return askAngel(this.file, 'restart')
  }

  status() {
    return askAngel(this.file, 'status')
  }

  /** The process that serves, when it is another one than `before`. */
  async worker(before?: number): Promise<number> {
    for (;;) {
      const { worker, state } = await this.status()
      if (worker !== undefined && worker !== before && state === 'serving') return worker
      await pause(20)
    }
  }

  /** Resolves when there are so many connections. */
  async connections(count: number): Promise<void> {
    while ((await this.status()).connections !== count) await pause(20)
  }

  /** Stops it politely. @returns the exit code of the angel. */
  async stop(): Promise<number | string> {
    await askAngel(this.file, 'stop')
    return this.run.ended
  }
}

/** Runs a program under an angel for the time of `body`. */
export async function guarded(
  file: string,
  body: (guarded: Guarded) => Promise<void>,
  settings?: readonly string[],
  env?: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<void> {
  const service = await Guarded.start(file, settings, env, cwd)
  let polite = false
  try {
    await body(service)
    polite = true
  } finally {
    // Politely where all went well: then both processes also write down what of them was run.
    if (polite) await service.stop().catch(() => {})
    await service.run.kill()
  }
}

/** The processes that a process has started and that have not ended. */
export function children(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

/** Whether a process runs: one that has ended and was not waited for does not. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Resolves when a process has ended that is no child of this one. */
export async function ended(pid: number): Promise<void> {
  while (runs(pid)) await pause(20)
}

/** Opens a connection to a service. */
export type Dial = (port: number) => Promise<Duplex>

/** By the kind of server. */
export const dials: Readonly<Record<'tcp' | 'tls' | 'websocket', Dial>> = {
  async tcp(port) {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return socket
  },
  async tls(port) {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    return socket.setNoDelay(true)
  },
  async websocket(port) {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}`, 'telnet.mudstandards.org')
    const socket = createWebSocketStream(webSocket)
    await once(webSocket, 'open')
    return socket
  },
}

/**
 * A client that sends numbered lines, so many at a time, and checks that they come back as `NUMBER LINE`, each once and in
 * order. The service counts, too: so a line that is lost, doubled or out of order shows on either way.
 */
export class Counter {
  readonly socket: Duplex
  sent = 0
  received = 0
  /** What is wrong; undefined where nothing is. */
  problem: string | undefined
  readonly #name: string
  readonly #inFlight: number
  #rest = ''
  #talking = false
  #wake: () => void = () => {}

  private constructor(socket: Duplex, name: string, inFlight: number) {
    this.socket = socket
    this.#name = name
    this.#inFlight = inFlight
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => this.#take(chunk))
    socket.on('error', (error) => this.#fail(`error ${error.message}`))
    socket.on('end', () => this.#fail('the connection was closed'))
  }

  static async connect(port: number, name: string, inFlight = 1, dial: Dial = dials.tcp): Promise<Counter> {
    const socket = await dial(port)
    const counter = new Counter(socket, name, inFlight)
    await counter.#until(() => counter.received > 0)
    counter.received = 0
    return counter
  }

  /** Talks until `quiet`, each line a moment after the answer to the one before. */
  talk(): void {
    this.#talking = true
    while (this.sent - this.received < this.#inFlight) this.#send()
  }

  /** Resolves when all that was sent has been answered. */
  async quiet(): Promise<void> {
    this.#talking = false
    await this.#until(() => this.received === this.sent)
  }

  /** From now on answers are not looked at: for times when lines may get lost. */
  mumble(): void {
    this.#onLine = () => {}
    this.write('mumbling\r\n')
  }

  /** One line, and what it was answered, without the number; answers that came before it are passed over. */
  async say(line: string): Promise<string> {
    tags += 1
    const tag = ` #${tags}`
    let answer: string | undefined
    this.#onLine = (text) => {
      if (text.endsWith(tag)) answer = text.slice(text.indexOf(' ') + 1, -tag.length)
    }
    this.write(`${line}${tag}\r\n`)
    await this.#until(() => answer !== undefined)
    return answer as string
  }

  close(): void {
    this.socket.removeAllListeners('end')
    this.socket.destroy()
  }

  #line(number: number): string {
    return `${this.#name} dit d\xc3\xa9j\xc3\xa0 ${number}`
  }

  #send(): void {
    this.sent += 1
    this.write(`${this.#line(this.sent)}\r\n`)
  }

  /** From now on bytes leave a few at a time, cut wherever it happens. */
  sendInPieces(): void {
    let queue = Buffer.alloc(0)
    const next = (): void => {
      const length = 1 + Math.floor(Math.random() * 20)
      this.socket.write(queue.subarray(0, length))
      queue = queue.subarray(length)
      if (queue.length > 0) setTimeout(next, Math.random() * 20)
    }
    this.write = (text) => {
      const idle = queue.length === 0
      queue = Buffer.concat([queue, Buffer.from(text, 'latin1')])
      if (idle) next()
    }
  }

  /** @param text a character a byte. */
  write(text: string): void {
    this.socket.write(text, 'latin1')
  }

  #take(chunk: string): void {
    const lines = (this.#rest + chunk).split('\r\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#onLine(line)
    this.#wake()
  }

  #onLine = (line: string): void => {
    if (this.received === 0 && this.sent === 0) {
      this.received = 1
      return
    }
    this.received += 1
    const expected = `${this.received} ${this.#line(this.received)}`
    if (line !== expected) this.#fail(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(line)}`)
    if (this.#talking) this.#talkOn()
  }

  #talkOn(): void {
    if (MAX_THOUGHT === 0) this.#send()
    else setTimeout(() => this.#talking && this.#send(), Math.random() * MAX_THOUGHT)
  }

  #fail(problem: string): void {
    this.problem ??= `${this.#name}: ${problem}`
    this.#wake()
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.problem !== undefined) throw new Error(this.problem)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

/**
 * Milliseconds. A crowd that does not think keeps all processors busy, so that what it waits for, the start of another worker,
 * takes three times as long; and lines are under way at any moment of that as it is. In a soak nobody thinks.
 */
const MAX_THOUGHT = process.env.SOAK ? 0 : 8

let tags = 0

/** So many clients that count. */
export async function crowd(port: number, size: number, inFlight?: number, dial?: Dial): Promise<Counter[]> {
  const counters: Counter[] = []
  for (let i = 0; i < size; i++) counters.push(await Counter.connect(port, `peer ${i}`, inFlight, dial))
  return counters
}

export function problems(counters: readonly Counter[]): string[] {
  return counters.flatMap(({ problem }) => problem ?? [])
}
