/** A client as source and sink of functions over async iterables, in the style of it-pipe. */
import { pipe } from 'it-pipe'
import { connect, Service } from 'mara-ts'
import { clients, sink } from 'mara-ts/streams'

async function* reversed(source: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of source) yield [...line].reverse().join('')
}

const service = new Service()
await service.start({ port: 0, log: false })
const serving = (async () => {
  for await (const client of clients(service)) {
    void pipe(client, reversed, sink(client)).catch(() => client.close())
  }
})()

const ann = await connect(service)
ann.write('stressed')
console.log(await ann.nextLine())
await ann.close()
await service.stop()
await serving
