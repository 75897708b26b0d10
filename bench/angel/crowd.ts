/**
 * Clients that each send a line, wait for its answer, think, and send the next: `crowd.ts PORT CLIENTS THINK_MS`. Run as a
 * process of its own, so that it costs the service no time.
 *
 * Prints `ready`; then, for each line `FROM TO` on standard input (milliseconds since the epoch), the waits of all lines
 * that were under way at some moment between the two, as JSON. Ends with standard input.
 */
import net from 'node:net'
import { createInterface } from 'node:readline'

const [port, clients, think] = process.argv.slice(2).map(Number) as [number, number, number]
const LINE = 'The quick brown fox says hello\r\n'

interface Wait {
  readonly from: number
  readonly to: number
}

/** Of the last while. */
let waits: Wait[] = []
const now = (): number => performance.timeOrigin + performance.now()

function connect(number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // Several loopback addresses: one has too few ports for the largest counts.
    const localAddress = `127.0.0.${1 + (number % 8)}`
    const socket = net.connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
    let sentAt = 0
    let missing = 'Welcome\r\n'.length
    const send = (): void => {
      missing = LINE.length
      sentAt = now()
      socket.write(LINE)
    }
    socket.once('error', reject)
    socket.on('close', () => {
      console.error(`connection ${number} was closed`)
      process.exit(1)
    })
    socket.on('data', (chunk) => {
      missing -= chunk.length
      if (missing > 0) return
      if (sentAt > 0) waits.push({ from: sentAt, to: now() })
      else resolve()
      setTimeout(send, think * (0.5 + Math.random()))
    })
  })
}

for (let i = 0; i < clients; i++) await connect(i)
console.log('ready')

for await (const line of createInterface({ input: process.stdin })) {
  const [from, to] = line.split(' ').map(Number) as [number, number]
  const crossing = waits
    .filter((wait) => wait.from <= to && wait.to >= from)
    .map((wait) => wait.to - wait.from)
  console.log(JSON.stringify(crossing))
  waits = []
}
process.exit()
