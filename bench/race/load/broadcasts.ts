/** Clients that all get each line of one of them; the next one follows when everybody has got it. */
import type net from 'node:net'
import { GREETING, lineOf } from '../wire.js'
import { connect, enter } from './connect.js'
import { Expectation } from './expectation.js'
import type { Job } from './job.js'
import type { Work } from './work.js'

export async function broadcasts({ port, clients }: Job, work: Work): Promise<void> {
  const expectations: Expectation[] = []
  const sockets: net.Socket[] = []
  const texts = [0, 1].map((number) => Buffer.from(`${lineOf(0, number)}\r\n`))
  let number = 0
  let missing = 0
  let sentAt = 0
  const speak = (): void => {
    const text = texts[number++ % 2] as Buffer
    missing = clients
    for (const expectation of expectations) expectation.next(text)
    sentAt = performance.now()
    sockets[0]?.write(text)
  }
  const begin = (client: number): Promise<void> => {
    const expectation = new Expectation(client, Buffer.from(`${GREETING}\r\n`))
    expectations[client] = expectation
    let isGreeted = false
    return new Promise((resolve) => {
      const socket = connect(port)
      sockets[client] = socket
      socket.on('close', () => work.failed(new Error(`Client ${client} was disconnected.`)))
      socket.on('data', (chunk) => {
        if (!expectation.take(chunk)) return
        if (!isGreeted) {
          isGreeted = true
          resolve()
          return
        }
        missing -= 1
        if (missing > 0) return
        work.done(clients, performance.now() - sentAt)
        speak()
      })
    })
  }
  await enter(clients, begin)
  speak()
}
