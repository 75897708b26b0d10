/** Clients that send lines and wait for the answers. */
import type net from 'node:net'
import type { Wire } from '../wire.js'
import { GREETING, lineOf, NOP } from '../wire.js'
import { connect, enter } from './connect.js'
import { Expectation, WireError } from './expectation.js'
import type { Job } from './job.js'
import { logIn } from './login.js'
import type { Work } from './work.js'

interface Batch {
  readonly sent: Buffer
  readonly answered: Buffer
}

/** Two batches that differ in each line: an answer that comes twice, or late, is noticed. */
function batchesOf(client: number, inFlight: number, wire: Wire): Batch[] {
  return [0, inFlight].map((from) => {
    const lines = Array.from({ length: inFlight }, (_, i) => lineOf(client, from + i))
    const answered = Buffer.from(lines.map((line) => `${line}\r\n`).join(''))
    const withCommands = (line: string): Buffer[] => [
      Buffer.from(line.slice(0, 13)),
      Buffer.from(NOP),
      Buffer.from(`${line.slice(13)}\r\n`),
    ]
    return { answered, sent: wire === 'telnet' ? Buffer.concat(lines.flatMap(withCommands)) : answered }
  })
}

/** The line that begins a conversation by telnet. */
const FIRST = 'first line\r\n'

/** Hands on what comes until `isComplete` says that this was all. */
function beforehand(socket: net.Socket, isComplete: (chunk: Buffer) => boolean, onReady: () => void): void {
  const onData = (chunk: Buffer): void => {
    if (!isComplete(chunk)) return
    socket.off('data', onData)
    onReady()
  }
  socket.on('data', onData)
}

/** Takes the answer to the first line, and commands of telnet before it, which differ from server to server. */
function negotiated(client: number): (chunk: Buffer) => boolean {
  let received = ''
  return (chunk) => {
    received += chunk.toString('latin1')
    if (!received.endsWith(FIRST)) return false
    const before = received.slice(0, -FIRST.length)
    if (!/^(?:\xff[\xfb-\xfe][\s\S]|\xff[\xf1-\xf9])*$/.test(before)) {
      throw new WireError(`Client ${client} received ${JSON.stringify(before)} before its first answer.`)
    }
    return true
  }
}

export async function lines({ port, wire, clients, inFlight }: Job, work: Work): Promise<void> {
  const begins: (() => void)[] = []
  await enter(
    clients,
    (client) =>
      new Promise((resolve) => {
        const batches = batchesOf(client, inFlight, wire)
        const onReady = (): void => {
          begins.push(() => converse(expectation))
          resolve()
        }
        const hasEntry = wire !== 'echo'
        const socket = connect(port, hasEntry ? undefined : onReady)
        const expectation =
          wire === 'login' ? logIn(socket, client, onReady) : new Expectation(client, Buffer.alloc(0))
        if (wire === 'greet') {
          expectation.next(Buffer.from(`${GREETING}\r\n`))
          beforehand(socket, (chunk) => expectation.take(chunk), onReady)
        }
        if (wire === 'telnet') {
          socket.write(Buffer.concat([NOP, Buffer.from(FIRST)]))
          beforehand(socket, negotiated(client), onReady)
        }
        socket.on('close', () => work.failed(new Error(`Client ${client} was disconnected.`)))

        function converse(expectation: Expectation): void {
          let number = 0
          let sentAt = 0
          const send = (): void => {
            const { sent, answered } = batches[number % 2] as Batch
            number += 1
            expectation.next(answered)
            sentAt = performance.now()
            socket.write(sent)
          }
          socket.on('data', (chunk) => {
            if (!expectation.take(chunk)) return
            work.done(inFlight, performance.now() - sentAt)
            send()
          })
          send()
        }
      }),
  )
  for (const begin of begins) begin()
}
