/** One client that answers five prompts. */
import type net from 'node:net'
import { answersOf, PROMPTS, welcome } from '../wire.js'
import { Expectation } from './expectation.js'

/**
 * Answers the prompts, and checks the welcome. Then `onWelcome` is called, and gets what comes from there on by `take`.
 *
 * @returns what is expected of this client.
 */
export function logIn(socket: net.Socket, client: number, onWelcome: () => void): Expectation {
  const answers = answersOf(client)
  const texts = [...PROMPTS, `${welcome(answers)}\r\n`].map((text) => Buffer.from(text))
  const expectation = new Expectation(client, texts[0] as Buffer)
  let asked = 0
  const onData = (chunk: Buffer): void => {
    if (!expectation.take(chunk)) return
    const answer = answers[asked]
    asked += 1
    // The welcome was the last of them: from now on nothing is expected until somebody says what.
    expectation.next(texts[asked] ?? Buffer.alloc(0))
    if (answer !== undefined) socket.write(`${answer}\r\n`)
    else {
      socket.off('data', onData)
      onWelcome()
    }
  }
  socket.on('data', onData)
  return expectation
}
