/**
 * The service that is fuzzed, in a process of its own: `node --expose-gc --import tsx spec/fuzz/victim.ts`. It prints its
 * port; then, for every line on standard input, its memory; and a line for each thing that must not happen.
 */
import { events } from 'mara-ts'
import { den, MOST } from '../personas/den.js'

export interface Memory {
  /** Bytes in use once everything that can go is gone. */
  readonly used: number
  /** Bytes that the process has ever had at once. */
  readonly peak: number
  readonly clients: number
}

// Whoever leaves at once breaks little more.
const service = den((client) => client.write('Interrupted.'))
let peak = 0
setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss())
}, 20)

// As plain text too, which nothing cleans on its way out.
service.listen(events.Receive, ({ client, data }) => {
  service.writeAll(`${client.state.name} said ${data.slice(0, MOST)}`)
})

service.listen(events.HandlerError, ({ event, error }) => {
  // To be thrown out after three wrong passwords is no failure.
  if ((error as Error).name === 'TooManyAttemptsError') return
  process.stdout.write(
    `failed: ${event}: ${(error as Error).stack ?? error}`.replaceAll('\n', ' | ').concat('\n'),
  )
})

await service.start({ port: 0, log: false })
process.stdout.write(`${service.address?.port}\n`)

process.stdin.on('data', () => {
  for (let i = 0; i < 4; i++) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  const memory: Memory = { used: heapUsed + external, peak, clients: service.clients.size }
  process.stdout.write(`${JSON.stringify(memory)}\n`)
})
process.stdin.on('end', () => process.exit())
