import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { addressOf, isAnswered, listen } from '../../lib/transport/listening.js'
import { rejection } from '../support/service.js'

const folder = mkdtempSync(join(tmpdir(), 'listening-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const quiet = (): void => {}

async function closed(server: net.Server): Promise<void> {
  server.close()
  await once(server, 'close')
}

test('listening gives the address that the system picked, and a server that does not listen has none', async () => {
  const server = net.createServer()
  assert.is(addressOf(server), undefined)
  const address = await listen(server, { host: '127.0.0.1', port: 0 }, quiet)
  assert.is(address.host, '127.0.0.1')
  assert.ok((address.port as number) > 0)
  assert.equal(addressOf(server), address)
  await closed(server)
  assert.is(addressOf(server), undefined)
})

test('a port that is taken rejects with the code of the system', async () => {
  const [first, second] = [net.createServer(), net.createServer()]
  const { port } = (await listen(first, { host: '127.0.0.1', port: 0 }, quiet)) as { port: number }
  const error = await rejection(listen(second, { host: '127.0.0.1', port }, () => assert.unreachable()))
  assert.is((error as NodeJS.ErrnoException).code, 'EADDRINUSE')
  await closed(first)
})

test('an error that comes later is told, and the server listens on', async () => {
  const server = net.createServer()
  const told: Error[] = []
  await listen(server, { host: '127.0.0.1', port: 0 }, (error) => told.push(error))
  const trouble = new Error('no descriptors left')
  server.emit('error', trouble)
  assert.equal(told, [trouble])
  assert.ok(server.listening)
  await closed(server)
})

test('a Unix socket is answered only while a server listens on it', async () => {
  const path = join(folder, 'socket')
  assert.is(await isAnswered(path), false)
  const server = net.createServer((socket) => socket.destroy())
  assert.equal(await listen(server, { path }, quiet), { path })
  assert.is(await isAnswered(path), true)
  await closed(server)
  assert.is(await isAnswered(path), false)
})

test('a file that is no socket is not answered', async () => {
  const path = join(folder, 'file')
  writeFileSync(path, '')
  assert.is(await isAnswered(path), false)
})

test.run()
