/**
 * The angel's ear: a Unix socket on which `mara restart`, `status` and `stop` speak to it. One line of JSON asks, one
 * answers. Only the angel's own user can open it.
 */
import type net from 'node:net'
import { z } from 'zod'
import { makeSocketFolder, namedSocketPath, socketPath } from '../program/socket-path.js'
import { describeDivergence } from '../runtime/conversations/divergence.js'
import type { RestartFailedError } from '../runtime/errors.js'
import { AddressInUseError } from '../transport/errors.js'
import { PrivateSocket } from '../transport/private-socket.js'
import type { Angel, AngelStatus, TimedRestart } from './angel.js'
import { AngelRunningError } from './errors.js'

/** Characters of a question. */
const MAX_QUESTION = 4_096
/** How long whoever has connected may take to ask, in milliseconds. */
const ASK_TIMEOUT = 10_000
/** How long it may take to close its side when it has been answered, or to ask when the angel ends, in milliseconds. */
const CLOSE_TIMEOUT = 1_000

const question = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('restart'), force: z.boolean().optional() }),
  z.object({ ask: z.enum(['status', 'stop', 'preflight']) }),
])
export type Question = z.output<typeof question>

/** What an angel answers, by what it was asked. */
export interface Answers {
  readonly restart: TimedRestart
  readonly status: AngelStatus & { readonly file: string; readonly angel: number }
  readonly stop: object
  /** Conversations that the version of now could not go on with, one line each. */
  readonly preflight: { readonly divergences: readonly string[] }
}

export type Answer =
  | { readonly ok: true; readonly answer: Answers[keyof Answers] }
  | { readonly ok: false; readonly reason: string }

export class Control {
  #socket: PrivateSocket | undefined
  readonly #open = new Set<net.Socket>()
  /** Who among them has not asked yet. */
  readonly #silent = new Set<net.Socket>()

  /**
   * Listens for a program's angel. What a dead angel has left behind is replaced, and what somebody has cleared away (as
   * a system does with old temporary files) is made again.
   *
   * @throws AngelRunningError, SocketFolderError, ListenError
   */
  static async listen(angel: Angel, file: string): Promise<Control> {
    const control = new Control()
    const path = socketPath(file, 'control')
    try {
      control.#socket = await PrivateSocket.listen({
        path,
        alias: namedSocketPath(file, 'control'),
        what: 'control socket',
        makeFolder: () => makeSocketFolder(path),
        hint: 'Stop that angel first.',
        connection: (socket) => control.#attend(socket, angel, file),
        warn: (message) => angel.warn(message),
      })
    } catch (error) {
      throw error instanceof AddressInUseError ? new AngelRunningError(file, path) : error
    }
    return control
  }

  /** Closes it for new questions; resolves when those who have asked have been answered, or have gone. */
  async close(): Promise<void> {
    this.#socket?.close()
    // A question may be on its way.
    const late = setTimeout(() => {
      for (const socket of this.#silent) socket.destroy()
    }, CLOSE_TIMEOUT)
    await Promise.all(
      [...this.#open].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    )
    clearTimeout(late)
  }

  #attend(socket: net.Socket, angel: Angel, file: string): void {
    this.#open.add(socket)
    this.#silent.add(socket)
    socket.once('close', () => {
      this.#open.delete(socket)
      this.#silent.delete(socket)
    })
    socket.on('error', () => socket.destroy())
    const late = setTimeout(() => socket.destroy(), ASK_TIMEOUT)
    socket.once('close', () => clearTimeout(late))
    const refuse = (reason: string): void => {
      angel.warn(`A message on the control socket was ignored: ${reason}.`)
      reply(socket, { ok: false, reason })
    }
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      // One question is answered; what comes after it is read, and dropped.
      if (!this.#silent.has(socket)) return
      text += chunk
      const [line = '', rest] = text.split('\n', 2)
      const isTooLong = line.length > MAX_QUESTION
      if (rest === undefined && !isTooLong) return
      this.#silent.delete(socket)
      clearTimeout(late)
      if (isTooLong) {
        refuse(`it is longer than ${MAX_QUESTION} characters`)
        return
      }
      const { success, data } = question.safeParse(parse(line))
      if (success) void answer(angel, file, data).then((text) => reply(socket, text))
      else refuse('it is no question that this angel knows')
    })
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

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
