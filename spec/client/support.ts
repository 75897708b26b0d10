import { type Client, events, Service } from 'mara-ts'
import { Peer } from '../support/peer.js'
import { deferred, running } from '../support/service.js'

/** Runs `body` with a client and its peer over a real socket. */
export async function withClient(
  body: (client: Client<Record<string, unknown>>, peer: Peer) => Promise<void>,
  options = {},
): Promise<void> {
  const service = new Service<Record<string, unknown>>()
  const arrived = deferred<Client<Record<string, unknown>>>()
  const over = deferred()
  service.listen(events.Connect, async ({ client }) => {
    arrived.resolve(client)
    await over.promise
  })
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      try {
        await body(await arrived.promise, peer)
      } finally {
        over.resolve()
        peer.destroy()
      }
    },
    options,
  )
}
