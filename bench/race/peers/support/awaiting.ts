/** The service as one async function for each client, over anything that gives lines to `for await`. */
import type net from 'node:net'
import { GREETING, PROMPTS, QUIT, welcome } from '../../wire.js'
import { wire } from './announce.js'

const everybody = new Set<net.Socket>()

/** Resolves when the client has gone, or was sent away. */
export async function converse(socket: net.Socket, source: AsyncIterable<string>): Promise<void> {
  const lines = source[Symbol.asyncIterator]()
  const write = (line: string): boolean => socket.write(`${line}\r\n`)
  everybody.add(socket)
  try {
    if (wire === 'greet' || wire === 'broadcast') write(GREETING)
    if (wire === 'login') {
      const answers: string[] = []
      for (const prompt of PROMPTS) {
        socket.write(prompt)
        const { value, done } = await lines.next()
        if (done) return
        answers.push(value)
      }
      write(welcome(answers))
    }
    for (;;) {
      const { value: line, done } = await lines.next()
      if (done) return
      if (wire === 'broadcast') for (const other of everybody) other.write(`${line}\r\n`)
      else if (wire === 'login' && line === QUIT) return
      else write(line)
    }
  } catch {
    // The peer has gone.
  } finally {
    everybody.delete(socket)
    socket.end()
  }
}
