/**
 * The angel's ear: a Unix socket on which `mara restart`, `status` and `stop` speak to it. One line of JSON asks, one
 * answers. Only the angel's own user can open it.
 */
import { chmodSync, unlinkSync } from 'node:fs'
import net from 'node:net'
import { z } from 'zod'
import type { RestartFailedError } from '../runtime/errors.js'
import type { Angel, AngelStatus } from './angel.js'
import { makeControlFolder } from './control-path.js'
import { AngelRunningError } from './errors.js'
import { LineReader } from './lines.js'
import type { Restarted } from './restart-requests.js'

/** Bytes of a question. */
const MAX_QUESTION = 4_096
/** How long whoever has connected may take to ask, in milliseconds. */
const ASK_TIMEOUT = 10_000

const question = z.object({ ask: z.enum(['restart', 'status', 'stop']) })
export type Question = z.output<typeof question>

/** What an angel answers, by what it was asked. */
export interface Answers {
  readonly restart: Restarted
  readonly status: AngelStatus & { readonly file: string; readonly angel: number }
  readonly stop: object
}

export type Answer =
  | { readonly ok: true; readonly answer: Answers[keyof Answers] }
  | { readonly ok: false; readonly reason: string }

export class Control {
  readonly #server: net.Server
  readonly #path: string
  readonly #open = new Set<net.Socket>()

  private constructor(server: net.Server, path: string) {
    this.#server = server
    this.#path = path
  }

  /**
   * Listens for a program's angel. What a dead angel has left behind is replaced.
   *
   * @throws AngelRunningError, ControlFolderError
   */
  static async listen(angel: Angel, file: string, path: string): Promise<Control> {
    makeControlFolder(path)
    const server = net.createServer()
    try {
      await listen(server, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      if (await isAnswered(path)) throw new AngelRunningError(file, path)
      unlinkSync(path)
      await listen(server, path)
    }
    chmodSync(path, 0o600)
    const control = new Control(server, path)
    server.on('connection', (socket) => control.#attend(socket, angel, file))
    return control
  }

  /** Closes it for new questions; resolves when those who have asked have been answered, or have gone. */
  async close(): Promise<void> {
    this.#server.close()
    await Promise.all(
      [...this.#open].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    )
  }

  get path(): string {
    return this.#path
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

async function answer(angel: Angel, file: string, { ask }: Question): Promise<Answer> {
  switch (ask) {
    case 'status':
      return { ok: true, answer: { ...angel.status, file, angel: process.pid } }
    case 'stop':
      await angel.stop()
      return { ok: true, answer: {} }
    case 'restart':
      return angel.restart().then(
        (restarted) => ({ ok: true, answer: restarted }),
        (error: RestartFailedError) => ({ ok: false, reason: error.reason }),
      )
  }
}

function reply(socket: net.Socket, text: Answer): void {
  socket.end(`${JSON.stringify(text)}\n`)
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString())
  } catch {
    return undefined
  }
}

function listen(server: net.Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve()
    })
  })
}

/** Whether somebody listens on a Unix socket. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'))
  })
}
