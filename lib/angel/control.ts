/**
 * The angel's ear: a Unix socket on which `mara restart`, `status` and `stop` speak to it. One line of JSON asks, one
 * answers. Only the angel's own user can open it.
 */
import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { z } from 'zod'
import { describeDivergence } from '../runtime/divergence.js'
import type { RestartFailedError } from '../runtime/errors.js'
import { isAnswered, listen } from '../transport/listening.js'
import type { Angel, AngelStatus } from './angel.js'
import { controlPath, makeControlFolder, namedControlPath } from './control-path.js'
import { AngelRunningError } from './errors.js'
import { LineReader } from './lines.js'
import type { Restarted } from './supervisor-state.js'

/** Bytes of a question. */
const MAX_QUESTION = 4_096
/** How long whoever has connected may take to ask, in milliseconds. */
const ASK_TIMEOUT = 10_000
/** How long it may take, when it has been answered, to close its side, in milliseconds. */
const CLOSE_TIMEOUT = 1_000
/** How often to look whether the socket is still there, in milliseconds. */
const LOOK = 1_000

const question = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('restart'), force: z.boolean().optional() }),
  z.object({ ask: z.enum(['status', 'stop', 'preflight']) }),
])
export type Question = z.output<typeof question>

/** What an angel answers, by what it was asked. */
export interface Answers {
  readonly restart: Restarted
  readonly status: AngelStatus & { readonly file: string; readonly angel: number }
  readonly stop: object
  /** Conversations that the version of now could not go on with, one line each. */
  readonly preflight: { readonly divergences: readonly string[] }
}

export type Answer =
  | { readonly ok: true; readonly answer: Answers[keyof Answers] }
  | { readonly ok: false; readonly reason: string }

export class Control {
  readonly #angel: Angel
  readonly #file: string
  readonly #path: string
  /** Its second name; the same one where it has none. */
  readonly #alias: string
  #server: net.Server | undefined
  readonly #open = new Set<net.Socket>()
  #watch: NodeJS.Timeout | undefined
  /** It is being made again, and has not been before. */
  #remaking = false
  #told = false
  #closed = false

  private constructor(angel: Angel, file: string) {
    this.#angel = angel
    this.#file = file
    this.#path = controlPath(file)
    this.#alias = namedControlPath(file)
  }

  /**
   * Listens for a program's angel. What a dead angel has left behind is replaced, and what somebody has cleared away (as
   * a system does with old temporary files) is made again.
   *
   * @throws AngelRunningError, ControlFolderError
   */
  static async listen(angel: Angel, file: string): Promise<Control> {
    const control = new Control(angel, file)
    await control.#listen()
    control.#watch = setInterval(() => void control.#look(), LOOK)
    control.#watch.unref()
    return control
  }

  /** Closes it for new questions; resolves when those who have asked have been answered, or have gone. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#watch)
    if (this.#alias !== this.#path) rmSync(this.#alias, { force: true })
    this.#server?.close()
    await Promise.all(
      [...this.#open].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    )
  }

  async #listen(): Promise<void> {
    makeControlFolder(this.#path)
    if (await isAnswered(this.#alias)) throw new AngelRunningError(this.#file, this.#alias)
    const server = net.createServer((socket) => this.#attend(socket, this.#angel, this.#file))
    try {
      await listen(server, { path: this.#path }, () => {})
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      if (await isAnswered(this.#path)) throw new AngelRunningError(this.#file, this.#path)
      rmSync(this.#path)
      await listen(server, { path: this.#path }, () => {})
    }
    if (this.#closed) {
      server.close()
      return
    }
    this.#server = server
    chmodSync(this.#path, 0o600)
    if (this.#alias === this.#path) return
    rmSync(this.#alias, { force: true })
    symlinkSync(path.basename(this.#path), this.#alias)
  }

  /** Makes it again where it is gone. Where that can't be done it is told once, and tried again. */
  async #look(): Promise<void> {
    if (this.#remaking || (existsSync(this.#path) && existsSync(this.#alias))) return
    this.#remaking = true
    try {
      // Who has asked on the old one is answered there.
      this.#server?.close()
      this.#server = undefined
      await this.#listen()
      this.#angel.warn('The control socket was gone, and has been made again.')
      this.#told = false
    } catch (error) {
      if (!this.#told) this.#angel.warn(`The control socket is gone: ${(error as Error).message}`)
      this.#told = true
    }
    this.#remaking = false
  }

  #attend(socket: net.Socket, angel: Angel, file: string): void {
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    socket.on('error', () => socket.destroy())
    const late = setTimeout(() => socket.destroy(), ASK_TIMEOUT)
    socket.once('close', () => clearTimeout(late))
    const refuse = (reason: string): void => {
      angel.warn(`A message on the control socket was ignored: ${reason}.`)
      reply(socket, { ok: false, reason })
    }
    let asked = false
    const lines = new LineReader(MAX_QUESTION, {
      line: (line) => {
        if (asked) return
        asked = true
        clearTimeout(late)
        const { success, data } = question.safeParse(parse(line))
        if (success) void answer(angel, file, data).then((text) => reply(socket, text))
        else refuse('it is no question that this angel knows')
      },
      tooLong: () => {
        if (!asked) refuse(`it is longer than ${MAX_QUESTION} bytes`)
        asked = true
      },
    })
    socket.on('data', (chunk) => lines.push(chunk))
  }
}

async function answer(angel: Angel, file: string, question: Question): Promise<Answer> {
  const refused = ({ reason }: RestartFailedError): Answer => ({ ok: false, reason })
  switch (question.ask) {
    case 'status':
      return { ok: true, answer: { ...angel.status, file, angel: process.pid } }
    case 'stop':
      await angel.stop()
      return { ok: true, answer: {} }
    case 'restart':
      return angel.restart(question).then((restarted) => ({ ok: true, answer: restarted }), refused)
    case 'preflight':
      return angel
        .preflight()
        .then((reports) => ({ ok: true, answer: { divergences: reports.map(describeDivergence) } }), refused)
  }
}

function reply(socket: net.Socket, text: Answer): void {
  socket.end(`${JSON.stringify(text)}\n`)
  const late = setTimeout(() => socket.destroy(), CLOSE_TIMEOUT)
  socket.once('close', () => clearTimeout(late))
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString())
  } catch {
    return undefined
  }
}
