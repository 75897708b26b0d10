import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { memory, memoryPair } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rejection } from '../support/service.js'

async function everything(end: Duplex): Promise<string> {
  const chunks: Buffer[] = []
  end.on('data', (chunk) => chunks.push(chunk))
  await once(end, 'close')
  return Buffer.concat(chunks).toString()
}

test('what is written to one end is read from the other', async () => {
  const [a, b] = memoryPair()
  a.write('to b')
  b.write('to a')
  a.end()
  b.end()
  assert.equal(await Promise.all([everything(a), everything(b)]), ['to a', 'to b'])
})

test('an end that is destroyed ends the other, after what it had sent', async () => {
  const [a, b] = memoryPair()
  a.write('last words')
  a.destroy()
  assert.is(await everything(b), 'last words')
})

test('a server in memory hands over the other end, and none when it is closed', async () => {
  const server = memory({ raw: true })
  const got: Duplex[] = []
  await server.listen({ connection: (duplex) => void got.push(duplex), warn: () => {} })
  const client = server.connect()
  client.resume()
  client.write('hello')
  client.end()
  got[0]?.end()
  assert.is(await everything(got[0] as Duplex), 'hello')
  await server.close()
  assert.is(await everything(server.connect()), '')
  assert.is(got.length, 1)
  assert.is(server.protocol?.name, 'bytes')
  assert.is(server.address, undefined)
})

test('a server in memory that serves one service is refused to another, until it is closed', async () => {
  const server = memory()
  const host = { connection: () => {}, warn: () => {} }
  await server.listen(host)
  assert.match(String(await rejection(server.listen(host))), 'make one for each')
  await server.close()
  await server.listen(host)
  await server.close()
})

test.run()
