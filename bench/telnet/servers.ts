/**
 * The same service with and without telnet, and in raw mode: `node --import tsx bench/telnet/servers.ts NAME`. It answers
 * each line with the same line, and prints its port.
 */
import { events, Service } from 'mara-ts'

const SETTINGS: Record<string, object> = {
  telnet: { telnet: true },
  plain: { telnet: false },
  raw: { raw: true },
}

const settings = SETTINGS[process.argv[2] ?? '']
if (settings === undefined) throw new Error(`NAME is one of: ${Object.keys(SETTINGS).join(', ')}`)

const service = new Service()
service.listen(events.Receive, ({ client, data }) => client.write(data))
await service.start({ port: 0, log: false, ...settings })
process.stdout.write(`${service.address?.port}\n`)
process.stdin.on('data', () => {}).on('end', () => process.exit())
