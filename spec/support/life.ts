/** Services that a spec starts and stops itself; whatever is still running after a test is stopped. */
import type { NetConnectOpts } from 'node:net'
import { type Clock, events, Service } from 'mara-ts'
import * as assert from 'uvu/assert'
import { Peer } from './peer.js'

// biome-ignore lint/suspicious/noExplicitAny: any service will do
type AnyService = Service<any, any, any>

const made: AnyService[] = []

/** Without a word, on a port that the system picks, and leaving nothing behind. */
export const quiet = { port: 0, log: false, telnet: false, store: 'memory' } as const

/** Has a service stopped by `stopAll`, where it is still running then. */
export function watched<S extends AnyService>(service: S): S {
  made.push(service)
  return service
}

/** A service that answers each line. */
export function talkative(clock?: Clock): Service {
  const service = watched(new Service(clock === undefined ? {} : { clock }))
  service.listen(events.Receive, ({ client, data }) => client.write(`got ${data}`))
  return service
}

/** For `after.each`: a test that fails leaves its services running. */
export async function stopAll(): Promise<void> {
  for (const service of made.splice(0)) {
    if (service.status !== 'running') continue
    for (const client of service.clients) client.destroy()
    await service.stop({ drain: 0 })
  }
}

/** A peer that has been answered. */
export async function answers(service: AnyService, target?: NetConnectOpts): Promise<Peer> {
  const peer = await Peer.connect(target ?? service)
  peer.send('hello\r\n')
  assert.is(await peer.line(), 'got hello')
  return peer
}
