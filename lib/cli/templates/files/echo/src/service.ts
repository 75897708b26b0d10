/**
 * Sends every line back to the client that wrote it.
 */
import { events, Service } from 'mara-ts'

/** A service of its own for each call: a test may make several. */
export function makeService() {
  const service = new Service()

  service.listen(events.Receive, ({ client, data }) => client.write(data))
  return service
}
