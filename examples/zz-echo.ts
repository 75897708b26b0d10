import { events, Service } from 'mara-ts'
const service = new Service()
service.listen(events.Receive, ({ client, data }) => client.write(data))
service.listen(events.PostStart, () => console.log('open'))
await service.run({ port: 9471, log: false })
