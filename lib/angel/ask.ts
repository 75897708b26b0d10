/** Asks the angel of a program, from another process. */
import net from 'node:net'
import { namedSocketPath, socketPath } from '../program/socket-path.js'
import { RestartFailedError } from '../runtime/errors.js'
import type { Answer, Answers } from './control.js'
import { ControlError, NoAngelRunningError } from './errors.js'

/** Bytes of an answer. */
const MAX_ANSWER = 1024 * 1024

/**
 * Resolves with the angel's answer, however long it takes: a restart or a stop is over by then.
 *
 * @param file the program, as it was given to `mara angel` or otherwise.
 * @param options `env`: the environment that the angel was started with, where it is another one.
 * @throws NoAngelRunningError, ControlError; RestartFailedError with the reason.
 */
export async function askAngel<Ask extends keyof Answers>(
  file: string,
  ask: Ask,
  { force, env }: { readonly force?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Answers[Ask]> {
  const question = { ask, force }
  const answer = await converse(file, namedSocketPath(file, 'control', env), question).catch(
    (error: Error) => {
      if (error instanceof NoAngelRunningError)
        return converse(file, socketPath(file, 'control', env), question)
      throw error
    },
  )
  if (answer.ok) return answer.answer as Answers[Ask]
  if (ask === 'restart' || ask === 'preflight') throw new RestartFailedError(answer.reason)
  throw new ControlError(file, answer.reason)
}

function converse(file: string, path: string, question: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(path)
    let text = ''
    socket.setEncoding('utf8')
    socket.once('connect', () => socket.write(`${JSON.stringify(question)}\n`))
    socket.on('data', (chunk: string) => {
      text += chunk
      if (text.length > MAX_ANSWER) socket.destroy(new ControlError(file, 'the answer does not end'))
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      reject(failureOf(file, path, error))
    })
    socket.once('end', () => {
      try {
        const answer: unknown = JSON.parse(text)
        if (isAnswer(answer)) resolve(answer)
        else reject(new ControlError(file, 'what it says is no answer'))
      } catch {
        reject(new ControlError(file, text === '' ? 'it broke off' : 'the answer is no JSON'))
      }
    })
  })
}

function failureOf(file: string, path: string, error: NodeJS.ErrnoException): Error {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new NoAngelRunningError(file, path)
    case 'EACCES':
    case 'EPERM':
      return new ControlError(
        file,
        `this user may not use its socket ${path} (${error.code}). Ask as the user that has started it`,
      )
    default:
      return error instanceof ControlError ? error : new ControlError(file, `it broke off (${error.code})`)
  }
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false
  const { ok, answer, reason } = value as Record<string, unknown>
  return ok === true ? answer !== undefined : ok === false && typeof reason === 'string'
}
