/** One client that prompts are tried on, and its peer, joined in memory. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type Client, events, memory, Service, type StartOptions } from 'mara-ts'
import { IAC, NOP } from 'mara-ts/telnet'
import { FakeClock } from 'mara-ts/testing'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { deferred, running, turns } from '../support/service.js'

export type Guest = Client<Record<string, unknown>>

export interface Table {
  readonly client: Guest
  readonly peer: Peer
  readonly clock: FakeClock
  /** Waits until `text` is there, and sees that it is all there is before and up to it. */
  gets(text: string): Promise<void>
  /** Has the peer speak telnet, and leaves all that is then negotiated behind. */
  speakTelnet(): Promise<void>
}

/** Runs `body` with a client whose handler waits until it is done. */
export async function withClient(
  body: (table: Table) => Promise<void>,
  options: StartOptions = {},
): Promise<void> {
  const clock = new FakeClock()
  const service = new Service<Record<string, unknown>>({ clock })
  const server = memory()
  const arrived = deferred<Guest>()
  const over = deferred()
  const left = deferred()
  service.listen(events.Connect, async ({ client }) => {
    arrived.resolve(client)
    await over.promise
  })
  service.listen(events.Disconnect, () => left.resolve())
  await running(
    service,
    async () => {
      const duplex = server.connect()
      const peer = new Peer(duplex as Socket)
      const client = await arrived.promise
      const gets = async (text: string): Promise<void> => {
        assert.is(await peer.until(text), text)
      }
      const speakTelnet = async (): Promise<void> => {
        peer.send(Uint8Array.of(IAC, NOP))
        peer.send('hello\r\n')
        await client.nextLine()
        client.write('And now:')
        await peer.until('And now:\r\n')
      }
      try {
        await body({ client, peer, clock, gets, speakTelnet })
      } catch (error) {
        // A failed body leaves prompts that nobody awaits; how they end must not hide why it failed.
        process.on('unhandledRejection', () => {})
        throw error
      } finally {
        over.resolve()
        if (!duplex.destroyed) {
          peer.destroy()
          await once(duplex, 'close')
        }
        await left.promise
        await turns()
      }
    },
    { servers: [server], connectTimeout: 0, ...options },
  )
}

/** What telnet says of ECHO. */
export const ECHO = {
  WILL: '\xff\xfb\x01',
  WONT: '\xff\xfc\x01',
  DO: '\xff\xfd\x01',
  DONT: '\xff\xfe\x01',
} as const
