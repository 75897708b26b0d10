/** The service that is restarted: it answers each line with the same line, and counts them in `client.state`. */
import { events, Service } from 'mara-ts'

const service = new Service<{ count: number }>()
service.listen(events.Connect, ({ client }) => {
  client.state.count = 0
  client.write('Welcome')
})
service.listen(events.Receive, ({ client, data }) => {
  client.state.count += 1
  client.write(data)
})
service.listen(events.PostStart, () => {
  if (service.clients.size === 0) console.log(`open ${service.address?.port}`)
})
await service.run({ log: false, maxConnections: 20_000, store: 'memory' })
