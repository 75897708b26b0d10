/** Lines of a web stream, such as the body of a response, through a TransformStream into a client. */
import { TransformStream } from 'node:stream/web'
import { connect, Service } from 'mara-ts'
import { clients, lines, pipe } from 'mara-ts/streams'

const service = new Service()
await service.start({ port: 0, log: false })
const serving = (async () => {
  for await (const client of clients(service)) {
    const { body } = new Response('all quiet\nnothing new')
    const loud = new TransformStream<string, string>({
      transform: (line, controller) => controller.enqueue(line.toUpperCase()),
    })
    await pipe(ReadableStream.from(lines(body as ReadableStream)).pipeThrough(loud), client)
    void client.close()
  }
})()

const ann = await connect(service)
for await (const line of ann) console.log(line)
await service.stop()
await serving
