import type { Duplex } from 'node:stream'
import { type Client, memoryPair, Service } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AnyClient, channelOf } from '../../../lib/client/client.js'
import { systemClock } from '../../../lib/clock.js'
import { newProgress, type Progress } from '../../../lib/runtime/progress.js'
import { bringToStand, type HandOverOptions } from '../../../lib/runtime/takeover/hand-over.js'
import { defaultTexts } from '../../../lib/texts.js'
import { deferred, turns } from '../../support/service.js'

/** Two clients of a service; the first can't move to another process. */
async function withClients(
  body: (setting: {
    clients: readonly [Client, Client]
    peers: readonly Duplex[]
    stand: (options?: Partial<HandOverOptions>) => Promise<number>
    log: string[]
  }) => Promise<void>,
): Promise<void> {
  const service = new Service()
  await service.start({ servers: [], log: false, store: 'memory' })
  const log: string[] = []
  const sessions = new Map<AnyClient, Progress>()
  const peers: Duplex[] = []
  const come = (): Client => {
    const [ours, peer] = memoryPair()
    peer.resume()
    peers.push(peer)
    const client = service.accept(ours)
    sessions.set(client as AnyClient, { ...newProgress(), at: 'idle' })
    void client.closed.then(() => sessions.delete(client as AnyClient))
    return client
  }
  const clients = [come(), come()] as const
  await turns()
  const stand = (options: Partial<HandOverOptions> = {}): Promise<number> =>
    bringToStand({
      sessions,
      clock: systemClock,
      texts: defaultTexts,
      onRestart: 'restart',
      restartWait: 0,
      drain: 60_000,
      farewells: async () => {},
      letGo: () => void log.push('let go'),
      isMovable: (client) => client.id !== clients[0].id,
      ...options,
    })
  await body({ clients, peers, stand, log })
  // What stands still does not notice that its peer has gone.
  for (const client of clients) channelOf(client as AnyClient).abandon()
  for (const peer of peers) peer.destroy()
  await service.stop({ drain: 0 })
}

test('clients that can not move are told and seen out before anything stands still', () =>
  withClients(async ({ clients, peers, stand, log }) => {
    let told = ''
    const [leaver] = peers as [Duplex]
    leaver.on('data', (chunk) => {
      told += chunk
    })
    leaver.on('end', () => {
      log.push('has heard it')
      // It takes its time, and nothing may stand still before it has left.
      void turns(20).then(() => leaver.end())
    })
    void clients[0].closed.then(() => log.push('has left'))
    await stand()
    assert.is(told, 'The service restarts. Please connect again.\r\n')
    assert.equal(log, ['has heard it', 'has left', 'let go'])
    assert.is(clients[1].connected, true)
  }))

test('the sessions of clients that have gone are waited for, Disconnect included', () =>
  withClients(async ({ peers, stand, log }) => {
    for (const peer of peers) peer.on('end', () => peer.end())
    const farewell = deferred()
    const standing = stand({
      farewells: async (ms) => {
        log.push(`${ms} ms for farewells`)
        await farewell.promise
        log.push('said')
      },
    })
    while (log.length === 0) await turns(1)
    await turns(10)
    assert.equal(log, ['60000 ms for farewells'])
    farewell.resolve()
    await standing
    const all = ['60000 ms for farewells', 'said']
    // Once more for those that have gone meanwhile, who have as much time, and for those that were closed in the last turn.
    assert.equal(log, [...all, ...all, 'let go', '100 ms for farewells', 'said'])
  }))

test.run()
