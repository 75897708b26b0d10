import { events, Service } from 'mara-ts'
import { connectTo, FakeClock } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ConnectionLimits, defaultLimits } from '../../../lib/limits.js'
import { lines, type Protocol, bytes as raw } from '../../../lib/protocol/index.js'
import { ConnectionManager } from '../../../lib/runtime/connection-manager.js'
import { type ManagerParts, rehearseLines } from '../../../lib/runtime/takeover/line-rehearsal.js'
import { Stage } from '../../../lib/testing/stage.js'

const test = suite('runtime/line-rehearsal')

/** Rehearses with such settings. */
async function rehearsed(limits: Partial<ConnectionLimits> = {}, protocol: Protocol = lines) {
  const warnings: string[] = []
  const clock = new FakeClock()
  let used!: ManagerParts & { readonly manager: ConnectionManager }
  await rehearseLines((parts) => {
    const settings = {
      limits: { ...defaultLimits, ...limits },
      protocol,
      clock,
      sanitize: true,
      drain: 1_000,
    }
    const warn = (message: string): void => void warnings.push(message)
    const { executor, counters } = parts
    const manager = new ConnectionManager(
      parts.clients,
      { ...settings, executor, counters, warn },
      parts.events,
    )
    used = { ...parts, manager }
    return manager
  })
  return { ...used, warnings }
}

test('each line is answered, and nothing is left of it', async () => {
  const { counters, clients, manager, executor, events: hub, warnings } = await rehearsed()
  assert.equal([counters.accepted, counters.linesIn, counters.linesOut], [20, 2_000, 2_000])
  assert.equal(
    [clients.size, manager.sessions.size, executor.waiting, hub.flights(events.Receive).count],
    [0, 0, 0, 0],
  )
  assert.equal(warnings, [])
})

test('it comes to an end with fewer connections than it wants, and where bytes are spoken', async () => {
  const { counters, manager } = await rehearsed({ maxConnections: 5 })
  assert.equal([counters.accepted, counters.linesIn, manager.sessions.size], [5, 500, 0])
  const { counters: ofBytes } = await rehearsed({}, raw)
  assert.is(ofBytes.linesIn, 2_000)
})

test('where many clients move, the program sees and counts those alone', async () => {
  const seen: string[] = []
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(events.Connect, ({ client }) => client.write('Welcome'))
    service.listen(events.Event, (event) => {
      if (event instanceof events.Client) seen.push(`${event}`)
    })
    return service
  })
  await stage.start()
  const players = []
  for (let i = 0; i < 200; i++) players.push(await connectTo(stage, { telnet: false }))
  for (const player of players) await player.sees('Welcome')
  seen.length = 0
  await stage.prepare()
  await stage.restart()
  assert.equal(seen, [])
  const { clients, input, output } = stage.stats()
  assert.equal([clients.connected, clients.accepted, input.lines, output.lines], [200, 0, 0, 0])
  players[0]?.type('hello')
  await players[0]?.seesNothing()
  assert.equal(seen, ['Client sent "hello": Client #1'])
  await stage.stop()
})

test.run()
