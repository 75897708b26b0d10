import { events, Service } from 'mara-ts'

export const service = new Service()

service.listen(events.Receive, ({ client, data }) => {
  if (data === 'look') client.write('You are in the lobby.')
  else service.writeAll(`Somebody says: ${data}`, { exclude: client })
})
