/** Clients that log in, quit, and come back. */
import { QUIT } from '../wire.js'
import { connect } from './connect.js'
import type { Job } from './job.js'
import { logIn } from './login.js'
import type { Work } from './work.js'

export async function logins({ port, clients }: Job, work: Work): Promise<void> {
  const visit = (client: number): void => {
    const from = performance.now()
    let isWelcome = false
    const socket = connect(port)
    const expectation = logIn(socket, client, () => {
      isWelcome = true
      socket.on('data', (chunk) => expectation.take(chunk))
      socket.write(`${QUIT}\r\n`)
    })
    socket.on('close', () => {
      if (!isWelcome) work.failed(new Error(`Client ${client} was disconnected before it was welcome.`))
      work.done(1, performance.now() - from)
      visit(client)
    })
  }
  for (let client = 0; client < clients; client++) visit(client)
}
