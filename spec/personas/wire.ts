/** Sockets to a service, and telnet clients on them. */
import { once } from 'node:events'
import net from 'node:net'
import type { Service } from 'mara-ts'
import { type Manners, Persona } from 'mara-ts/testing'
import type { MakeWire } from '../../lib/testing/personas/wire.js'

export { DO, DONT, IAC, WILL, WONT } from 'mara-ts/telnet'
export { type MakeWire, plainWire } from '../../lib/testing/personas/wire.js'

// biome-ignore lint/suspicious/noExplicitAny: any service will do
type AnyService = Service<any, any, any>

/** Connects to a service. */
export async function dial(service: AnyService): Promise<net.Socket> {
  const { port = 0, host = '127.0.0.1' } = service.address ?? {}
  const socket = net.connect({ port, host, noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Connects to a service as a telnet client; it is patient, since many specs run at once. */
export async function visit(service: AnyService, manners: Manners, makeWire?: MakeWire): Promise<Persona> {
  return new Persona(await dial(service), manners, { patience: 60_000 }, makeWire)
}
