/** A client in a pipeline of Node streams: here, each line it sends is counted and sent back. */
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { connect, Service } from 'mara-ts'
import { clients, sink } from 'mara-ts/streams'

function numbered(): Transform {
  let count = 0
  return new Transform({
    objectMode: true,
    transform(line, _encoding, done) {
      count += 1
      done(null, `${count}: ${line}`)
    },
  })
}

const service = new Service()
await service.start({ port: 0, log: false })
const serving = (async () => {
  for await (const client of clients(service)) {
    void pipeline(client, numbered(), sink(client)).catch(() => client.close())
  }
})()

const ann = await connect(service)
ann.write('one', 'two')
console.log(await ann.nextLine())
console.log(await ann.nextLine())
await ann.close()
await service.stop()
await serving
