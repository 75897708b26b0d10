/** Clients that connect, are greeted, and leave; and those that stay. */
import { setTimeout as sleep } from 'node:timers/promises'
import { residentMemory } from '../../support/proc.js'
import { GREETING } from '../wire.js'
import { connect, enter } from './connect.js'
import { Expectation } from './expectation.js'
import type { Job } from './job.js'
import type { Work } from './work.js'

const greeting = Buffer.from(`${GREETING}\r\n`)

/** @param onGreeted leaves, or stays. */
function greeted(port: number, client: number, onGreeted: (leave: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port)
    const expectation = new Expectation(client, greeting)
    socket.on('data', (chunk) => {
      if (!expectation.take(chunk)) return
      onGreeted(() => socket.end())
    })
    socket.on('close', () => {
      expectation.end()
      resolve()
    })
  })
}

export async function connections({ port, clients }: Job, work: Work): Promise<void> {
  const visit = async (client: number): Promise<void> => {
    for (;;) {
      const from = performance.now()
      await greeted(port, client, (leave) => leave())
      work.done(1, performance.now() - from)
    }
  }
  for (let client = 0; client < clients; client++) visit(client).catch(work.failed)
}

/** Clients before memory is taken for the first time: what they bring in, such as code, is not counted. */
const FIRST = 200

/** Bytes of memory of the server that each client costs; undefined where the system does not say. */
export async function idle({ port, clients, server }: Job, work: Work): Promise<number | undefined> {
  const stay = (client: number): Promise<void> =>
    new Promise((resolve) => {
      void greeted(port, client, () => resolve()).then(
        () => work.failed(new Error(`Client ${client} was disconnected.`)),
        work.failed,
      )
    })
  await enter(FIRST, stay)
  const before = await settledMemory(server)
  await enter(clients, (client) => stay(FIRST + client))
  const after = await settledMemory(server)
  return before === undefined || after === undefined ? undefined : (after - before) / clients
}

/** What the server holds when it has collected its garbage. */
async function settledMemory(server: readonly number[]): Promise<number | undefined> {
  let last = residentMemory(server)
  if (last === undefined) return undefined
  for (const pid of server) process.kill(pid, 'SIGUSR2')
  for (let still = 0; still < 3; ) {
    await sleep(100)
    const now = residentMemory(server)
    still = now === last ? still + 1 : 0
    last = now
  }
  return last
}
