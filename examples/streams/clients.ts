/** A service without events: each client is a conversation. */
import { type Client, connect, Service } from 'mara-ts'
import { clients } from 'mara-ts/streams'

async function talk(client: Client): Promise<void> {
  const name = await client.ask('Name: ')
  client.write(`Hello, ${name}.`)
  for await (const line of client) client.write(`${name}, you said: ${line}`)
}

const service = new Service()
await service.start({ port: 0, log: false })
const serving = (async () => {
  for await (const client of clients(service)) void talk(client).catch(() => client.close())
})()

const ann = await connect(service)
ann.write('Ann', 'good evening')
console.log(await ann.nextLine())
console.log(await ann.nextLine())
await ann.close()
await service.stop()
await serving
