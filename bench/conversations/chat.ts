/** Clients that have logged in and chat, one line at a time: `chat.ts PORT CLIENTS MS` prints answers a second. */
import net from 'node:net'
import { rateOver } from '../support/rate.js'

const [port, clients, ms] = process.argv.slice(2).map(Number) as [number, number, number]
let answered = 0

for (let i = 0; i < clients; i++) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve) => {
    const onData = (chunk: Buffer): void => {
      const text = String(chunk)
      if (text.endsWith(': ')) socket.write('answer\n')
      if (!text.includes('Welcome')) return
      socket.off('data', onData)
      resolve()
    }
    socket.on('data', onData)
  })
  socket.on('data', () => {
    answered += 1
    socket.write('The quick brown fox said: 12345678\n')
  })
  socket.write('begin\n')
}
console.log(JSON.stringify({ rate: await rateOver(ms, () => answered) }))
process.exit()
