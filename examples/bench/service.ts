/** A small chat, put under load by `mara bench`, which runs in a process of its own and is given a script. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { events, Service } from 'mara-ts'
import type { BenchReport } from 'mara-ts/bench'

const service = new Service()
let goodbyes = 0
service.listen(events.Connect, async ({ client }) => {
  client.write(`Welcome, ${await client.ask('Your name: ')}`)
})
service.listen(events.Receive, async ({ client, data }) => {
  if (data !== '/quit') return client.write(data)
  client.write('Goodbye')
  await client.close()
  goodbyes += 1
  // Enough: as Ctrl-C does, this ends the run early, and what was measured is reported.
  if (goodbyes === 100) bench.kill('SIGINT')
})
await service.start({ port: 0, log: false })
const { port } = service.address as { port: number }

// This is the repository's own program. In a project that has mara-ts installed, run: npx mara bench ...
const mara = ['--import', 'tsx', 'lib/cli/main.ts', 'bench', `127.0.0.1:${port}`]
const options = [
  '--script=examples/bench/login.ts',
  '--clients=20',
  '--ramp=100/s',
  '--duration=5m',
  '--json',
]
const bench = spawn(process.execPath, [...mara, ...options], {
  stdio: ['ignore', 'pipe', 'ignore'],
})
let json = ''
bench.stdout.setEncoding('utf8').on('data', (text: string) => {
  json += text
})
await once(bench, 'close')
const report = JSON.parse(json) as BenchReport
console.log(`What was measured: ${Object.keys(report.latency.labels).sort().join(', ')}.`)
console.log(`Errors: ${report.errors.count}; the run was ${report.ended}.`)
await service.stop()
