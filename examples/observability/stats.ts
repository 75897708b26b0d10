/** A command for those who run the service: what it is doing, in figures. */
import { connect, events, Service } from 'mara-ts'

const service = new Service()
service.listen(events.Receive, ({ client, data }) => {
  if (data !== 'stats') return client.write(`You said: ${data}`)
  const { clients, input, handlers, queues } = service.stats()
  client.write(
    `${clients.connected} connected, ${clients.accepted} in all`,
    `${input.lines} lines (${input.bytes} bytes) received, ${queues.unreadLines} unread`,
    `in flight: ${JSON.stringify(handlers.byEvent)}`,
  )
})
await service.start({ port: 0, log: false })

const ann = await connect(service)
ann.write('hello', 'stats')
for (let i = 0; i < 4; i++) console.log(await ann.nextLine())
await ann.close()
await service.stop()
