/**
 * Mara, as its README shows it: `Receive` for lines that nobody awaits, `Connect` for conversations. Run by `node`, or by
 * `mara angel`. RACE_PACKAGE is the folder of the package that is measured.
 */
import { pathToFileURL } from 'node:url'
import { GREETING, PROMPTS, QUIT, type Wire, welcome } from '../wire.js'

const root = `${process.env.RACE_PACKAGE}/dist/index.js`
const { events, Service } = (await import(pathToFileURL(root).href)) as typeof import('mara-ts')
const wire = process.env.RACE_WIRE as Wire

const service = new Service()

if (process.env.RACE_STYLE === 'await') {
  // A conversation of its own for each client, that never goes back to Receive.
  service.listen(events.Connect, async ({ client }) => {
    for await (const line of client) client.write(line)
  })
}
if (wire === 'greet' || wire === 'broadcast') {
  service.listen(events.Connect, ({ client }) => client.write(GREETING))
}
if (wire === 'login') {
  service.listen(events.Connect, async ({ client }) => {
    const answers: string[] = []
    for (const prompt of PROMPTS) answers.push(await client.ask(prompt))
    client.write(welcome(answers))
  })
}

if (wire === 'broadcast') service.listen(events.Receive, ({ data }) => service.writeAll(data))
else if (wire === 'login') {
  service.listen(events.Receive, ({ client, data }) => {
    if (data === QUIT) void client.close()
    else client.write(data)
  })
} else {
  service.listen(events.Receive, async ({ client, data }) => {
    client.write(data)
  })
}

service.listen(events.PostStart, () => console.log(`open ${service.address?.port}`))
await service.run({ port: 0, log: false, store: 'memory', maxConnections: 50_000 })
