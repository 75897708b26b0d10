/**
 * The same service with and without telnet, and in raw mode: `node --import tsx bench/telnet/servers.ts NAME`. It answers
 * each line with the same line, and prints its port; then, for every line on standard input, one of JSON with the
 * characters answered so far and the microseconds of processor time that took.
 */
import { events, Service } from 'mara-ts'

export interface Spent {
  readonly characters: number
  readonly cpu: number
}

const SETTINGS: Record<string, object> = {
  telnet: { telnet: true },
  plain: { telnet: false },
  raw: { raw: true },
}

const settings = SETTINGS[process.argv[2] ?? '']
if (settings === undefined) throw new Error(`NAME is one of: ${Object.keys(SETTINGS).join(', ')}`)

let characters = 0
const service = new Service()
service.listen(events.Receive, ({ client, data }) => {
  characters += data.length
  client.write(data)
})
await service.start({ port: 0, log: false, ...settings })
process.stdout.write(`${service.address?.port}\n`)
process.stdin.on('data', () => {
  const { user, system } = process.cpuUsage()
  const spent: Spent = { characters, cpu: user + system }
  process.stdout.write(`${JSON.stringify(spent)}\n`)
})
process.stdin.on('end', () => process.exit())
