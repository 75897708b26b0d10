/** The service as callbacks: what is done with each line, as a state machine for each client. */
import { GREETING, PROMPTS, QUIT, welcome } from '../../wire.js'
import { wire } from './announce.js'

/** What the service needs of a connection. */
interface Output {
  write(text: string): unknown
  end(): unknown
}

interface Conversation {
  /** What is to be sent at once. */
  readonly greeting: string
  /** @returns what is to be sent; undefined where the connection is to be closed. */
  answer(line: string): string | undefined
}

function conversation(): Conversation {
  if (wire === 'greet' || wire === 'broadcast')
    return { greeting: `${GREETING}\r\n`, answer: (line) => `${line}\r\n` }
  if (wire !== 'login') return { greeting: '', answer: (line) => `${line}\r\n` }
  const answers: string[] = []
  return {
    greeting: PROMPTS[0] as string,
    answer(line) {
      if (answers.length === PROMPTS.length) return line === QUIT ? undefined : `${line}\r\n`
      answers.push(line)
      return PROMPTS[answers.length] ?? `${welcome(answers)}\r\n`
    },
  }
}

/** Everybody who is there, for broadcasts. */
const everybody = new Set<Output>()

export interface Client {
  /** Gets each chunk of text. What its lines are answered leaves in one write. */
  push(text: string): void
  gone(): void
}

/** Greets a client, and splits what it sends into lines. */
export function converse(output: Output): Client {
  const { greeting, answer } = conversation()
  everybody.add(output)
  if (greeting !== '') output.write(greeting)
  let rest = ''
  return {
    push(text) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() as string
      let answers = ''
      for (const ended of lines) {
        const reply = answer(ended.endsWith('\r') ? ended.slice(0, -1) : ended)
        if (reply === undefined) {
          if (answers !== '') output.write(answers)
          output.end()
          return
        }
        answers += reply
      }
      if (answers === '') return
      if (wire !== 'broadcast') output.write(answers)
      else for (const other of everybody) other.write(answers)
    },
    gone() {
      everybody.delete(output)
    },
  }
}
