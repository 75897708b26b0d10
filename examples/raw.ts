/** A binary protocol in raw mode: each message is its length in four bytes, and then that many bytes, which come back. */
import { type Client, connect, events, Service } from 'mara-ts'

type Peer = Client<object, Uint8Array>

/** Gives whole messages, however the network has cut them into chunks. */
async function* messages(client: Peer): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0)
  for await (const chunk of client) {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 4) {
      const length = rest.readUInt32LE(0)
      // What a peer sends may be anything, so what is kept of it has a bound.
      if (length > 65_536) return
      if (rest.length < 4 + length) break
      yield rest.subarray(4, 4 + length)
      rest = rest.subarray(4 + length)
    }
  }
}

function message(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32LE(bytes.length)
  return Buffer.concat([head, bytes])
}

const service = new Service<object, Uint8Array>()
service.listen(events.Connect, async ({ client }) => {
  for await (const bytes of messages(client)) client.write(message(bytes))
  await client.close()
})
await service.start({ port: 0, raw: true, log: false })

const peer = await connect({ port: service.address?.port ?? 0, raw: true })
const sent = message(Uint8Array.of(0, 255, 13, 10))
peer.write(sent.subarray(0, 5))
peer.write(sent.subarray(5))
console.log(Buffer.from(await peer.nextLine()).toString('hex'))
peer.write(Uint8Array.of(255, 255, 255, 255))
for await (const _ of peer);
console.log('The service has closed the connection.')
await service.stop()
