/**
 * Sends every line back to the client that wrote it.
 */
import { events, Service } from 'mara-ts'

export const service = new Service()

service.listen(events.Receive, ({ client, data }) => client.write(data))
