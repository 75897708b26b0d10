/**
 * Clients that log in by five prompts. `logins.ts PORT CLIENTS MS WARM_UP` prints how many did so in a second, each leaving
 * and coming back; `logins.ts PORT CLIENTS` stops each at its last prompt, says so, and stays until its standard input ends.
 */
import net from 'node:net'
import { rateOver } from '../support/rate.js'

const [port, clients, ms, warmUp] = process.argv.slice(2).map(Number) as [number, number, number?, number?]
const ANSWERS = ['ann', 'rome', '30', 'grey', 'carry on']
let done = 0

/** @param stop the number of the prompt that is not answered. */
function logIn(stop: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    let asked = 0
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      const text = String(chunk)
      if (text.endsWith(': ')) {
        if (asked === stop) resolve()
        else socket.write(`${ANSWERS[asked++]}\n`)
      } else if (text.includes('Welcome')) socket.write('quit\n')
    })
    socket.on('close', () => resolve())
  })
}

if (ms === undefined) {
  for (let from = 0; from < clients; from += 100) {
    await Promise.all(Array.from({ length: Math.min(100, clients - from) }, () => logIn(4)))
  }
  console.log('ready')
  process.stdin.on('end', () => process.exit()).resume()
} else {
  const again = async (): Promise<void> => {
    for (;;) {
      await logIn(5)
      done += 1
    }
  }
  for (let i = 0; i < clients; i++) void again()
  console.log(JSON.stringify({ rate: await rateOver(ms, () => done, warmUp) }))
  process.exit()
}
