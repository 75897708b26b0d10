/**
 * The load: clients that send numbered lines and wait for the answers, with so many lines in flight. Run as a process
 * of its own, so that it costs the server no time: `node --import tsx bench/core/load.ts PORT CLIENTS IN_FLIGHT MS`.
 *
 * It counts bytes and not lines, so that the same load fits servers that end lines by LF and by CR LF: the answer to
 * the first line tells how long each one is. Prints answers a second, and the latency's median and 99th percentile.
 */
import net from 'node:net'

const LINE = 'The quick brown fox said: 12345678\n'

const [port, clients, inFlight, ms] = process.argv.slice(2).map(Number) as [number, number, number, number]
const batch = Buffer.from(LINE.repeat(inFlight))

let answered = 0
const latencies: number[] = []

function converse(socket: net.Socket, answerLength: number): void {
  let missing = answerLength * inFlight
  let sentAt = performance.now()
  socket.on('data', (chunk) => {
    missing -= chunk.length
    if (missing > 0) return
    answered += inFlight
    latencies.push(performance.now() - sentAt)
    missing = answerLength * inFlight
    sentAt = performance.now()
    socket.write(batch)
  })
  socket.write(batch)
}

function connect(): Promise<{ socket: net.Socket; answerLength: number }> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(LINE))
    socket.once('error', reject)
    let answer = ''
    const onData = (chunk: Buffer): void => {
      answer += chunk
      // A greeting may come before it.
      const begin = answer.indexOf(LINE.slice(0, 8))
      if (begin === -1 || !answer.endsWith('\n')) return
      socket.off('data', onData)
      resolve({ socket, answerLength: answer.length - begin })
    }
    socket.on('data', onData)
  })
}

const connected = []
for (let i = 0; i < clients; i++) connected.push(await connect())
for (const { socket, answerLength } of connected) converse(socket, answerLength)

const warmUp = ms / 4
await new Promise((resolve) => setTimeout(resolve, warmUp))
answered = 0
latencies.length = 0
const from = performance.now()
await new Promise((resolve) => setTimeout(resolve, ms))
const seconds = (performance.now() - from) / 1000
latencies.sort((a, b) => a - b)
const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0
process.stdout.write(`${JSON.stringify({ rate: answered / seconds, median: at(0.5), p99: at(0.99) })}\n`)
process.exit()
