/**
 * Sends back every byte as it comes. Try it: `npm run echo`, then `nc 127.0.0.1 9000`.
 */
import { events, Service } from 'mara-ts'

const service = new Service<object, Uint8Array>()

service.listen(events.Receive, ({ client, data }) => client.write(data))

await service.run({ raw: true })
