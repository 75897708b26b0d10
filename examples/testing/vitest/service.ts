import { events, Service, type ServiceOptions } from 'mara-ts'

/** @param options tests bring a clock of their own. */
export function makeService(options: ServiceOptions = {}): Service {
  const service = new Service(options)
  service.listen(events.Receive, ({ client, data }) => {
    if (data === 'look') client.write('You are in the lobby.')
    else client.write(`You can't ${data}.`)
  })
  service.timer({ every: 3_600_000 }, () => service.writeAll('Another hour has passed.'))
  return service
}
