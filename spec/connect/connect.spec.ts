import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ClientDisconnectedError,
  ConnectError,
  type Connection,
  connect,
  events,
  Service,
  ServiceStatusError,
  TimeoutError,
  unix,
} from 'mara-ts'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { deferred, rejection, running } from '../support/service.js'

function shouting(): Service {
  const service = new Service()
  service.listen(events.Receive, ({ client, data }) => client.write(data.toUpperCase()))
  return service
}

test('a service is reached by port, by path, and in memory, and read line by line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mara-'))
  const path = join(folder, 'socket')
  await running(shouting(), async (service) => {
    for (const target of [service.address as { port: number }, service]) {
      const server = await connect(target)
      server.write('hello')
      assert.is(await server.nextLine(), 'HELLO')
      await server.close()
    }
  })
  await running(
    shouting(),
    async () => {
      const server = await connect({ path })
      server.write('by path')
      assert.is(await server.nextLine(), 'BY PATH')
      await server.close()
    },
    { servers: [unix({ path })] },
  )
  await rm(folder, { recursive: true })
})

test('raw gives chunks of bytes', async () => {
  await running(shouting(), async (service) => {
    const server = await connect(service, { raw: true })
    server.write('a\r\n')
    assert.equal(await server.nextLine(), new Uint8Array(Buffer.from('A\r\n')))
    server.destroy()
  })
})

test('colours that a service sends are kept, unless they are not wanted', async () => {
  const service = new Service()
  service.listen(events.Connect, ({ client }) => client.write('\x1b[31mred'))
  await running(service, async () => {
    for (const [sanitize, line] of [
      [false, '\x1b[31mred'],
      [true, '[31mred'],
    ] as const) {
      const server = await connect(service, { sanitize })
      assert.is(await server.nextLine(), line)
      server.destroy()
    }
  })
})

test('nobody there is an error that names the place', async () => {
  const probe = net.createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as net.AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  const error = await rejection(connect({ port }))
  assert.instance(error, ConnectError)
  assert.match(String(error), `127.0.0.1:${port}`)
  assert.instance(await rejection(connect({ path: '/no/such/socket' })), ConnectError)
})

test('waiting for a connection ends with its timeout or its signal', async () => {
  await running(shouting(), async (service) => {
    const address = service.address as { port: number }
    const reason = new Error('never mind')
    assert.is(await rejection(connect(address, { signal: AbortSignal.abort(reason) })), reason)
    const controller = new AbortController()
    const aborted = connect(address, { signal: controller.signal })
    controller.abort(reason)
    assert.is(await rejection(aborted), reason)
  })
  // An address kept for documentation: nothing answers there, whether it is refused or never heard of.
  const error = await rejection(connect({ host: '192.0.2.1', port: 9 }, { timeout: 5 }))
  assert.ok(error instanceof TimeoutError || error instanceof ConnectError, String(error))
})

test('its waits go by the clock that it is given', async () => {
  const clock = new FakeClock()
  await running(new Service(), async (service) => {
    const server = await connect(service, { clock })
    const late = rejection(server.nextLine({ timeout: 60_000 }))
    await clock.advance(60_000)
    assert.instance(await late, TimeoutError)
    assert.is(server.idle, 60_000)
  })
})

test('`await using` closes the connection at the end of its block, and the service sees it go', async () => {
  const service = new Service()
  const gone = deferred()
  service.listen(events.Disconnect, () => gone.resolve())
  await running(service, async () => {
    let kept: Connection
    {
      await using server = await connect(service)
      kept = server
      assert.ok(kept.connected)
    }
    assert.not.ok(kept.connected)
    await gone.promise
  })
})

test('a stop does not wait for open connections: they are closed from their side, too', async () => {
  // A clock that nobody moves: whatever a stop waited for would never come.
  const service = new Service({ clock: new FakeClock() })
  await service.start({ port: 0, log: false })
  const connections = [await connect(service), await connect(service.address as { port: number })]
  service.writeAll('unread')
  await service.stop()
  for (const connection of connections) {
    await connection.closed
    assert.is(await connection.nextLine(), 'unread')
    assert.instance(await rejection(connection.nextLine()), ClientDisconnectedError)
  }
})

test('a service that is not running can not be connected to in memory', async () => {
  assert.instance(await rejection(connect(new Service())), ServiceStatusError)
})

test.run()
