// time limit: 120 s
// Clients whose connections are reset while no process serves them, or just before one dies.

import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fixture, guarded } from './support.js'

const test = suite('angel/gone')

async function dial(port: number): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  return socket
}

test('clients that are reset while no process serves have their Disconnect, and the edge forgets them', () =>
  guarded(fixture('farewell'), async (service) => {
    const known = await dial(service.port)
    await once(known, 'data')
    const victim = await service.worker()
    process.kill(victim, 'SIGKILL')
    known.resetAndDestroy()
    const fresh = await dial(service.port)
    fresh.write('hello\r\n')
    await service.connections(2)
    await pause(50)
    fresh.resetAndDestroy()
    await service.worker(victim)
    await service.run.find(/gone 1/)
    await service.run.find(/begins hello/)
    await service.run.find(/gone 2/)
    await service.connections(0)
  }))

test('those that a limit refuses are forgotten, too', () =>
  guarded(
    fixture('farewell'),
    async (service) => {
      const one = await dial(service.port)
      await once(one, 'data')
      const victim = await service.worker()
      process.kill(victim, 'SIGKILL')
      for (let i = 0; i < 3; i++) {
        const fresh = await dial(service.port)
        fresh.write('hello\r\n')
        await service.connections(2 + i)
        await pause(50)
        fresh.resetAndDestroy()
      }
      await service.worker(victim)
      await service.connections(1)
      one.destroy()
    },
    ['--maxConnectionsPerAddress=1'],
  ))

test('what a client said that is reset while its handler works is told to others once, though its process dies in its Disconnect', () =>
  guarded(fixture('farewell'), async (service) => {
    const listener = await service.connect()
    await listener.line()
    const speaker = await dial(service.port)
    await once(speaker, 'data')
    speaker.write('once\r\n')
    await service.run.find(/begins once/)
    speaker.resetAndDestroy()
    const victim = await service.worker()
    await service.run.find(/leaving 2/)
    await pause(50)
    process.kill(victim, 'SIGKILL')
    await service.worker(victim)
    await service.run.find(/gone 2/)
    await service.connections(1)
    assert.is(service.run.out.match(/begins once/g)?.length, 1)
    assert.is(await listener.line(), 'once')
    listener.send('twice\r\n')
    assert.is(await listener.line(), 'twice')
    listener.destroy()
  }))

test('a client that has ended its side is closed by a restart that does not wait for the end of its Disconnect', () =>
  guarded(
    fixture('farewell'),
    async (service) => {
      const peer = await service.connect()
      await peer.line()
      peer.end()
      await service.run.find(/leaving 1/)
      await service.restart()
      await peer.closed
      await service.connections(0)
    },
    ['--drain=100', '--restartWait=100'],
    { FAREWELL: '60000' },
  ))

test.run()
