import type { Duplex } from 'node:stream'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type AnyClient, channelOf } from '../../lib/client/client.js'
import { newKey, type Sealer, seal, unseal } from '../../lib/conversation/seal.js'
import { bytes, lines, type Protocol } from '../../lib/protocol/index.js'
import {
  channelIn,
  readClient,
  type SavedClient,
  writeChannel,
  writeClient,
} from '../../lib/runtime/client-state.js'
import type { InheritedConnection } from '../../lib/runtime/edge-port.js'
import { newProgress, type Progress } from '../../lib/runtime/progress.js'
import { memoryClient } from '../support/memory-client.js'
import { turns } from '../support/service.js'

const test = suite('runtime/client-state')

const key = newKey()
const sealer: Sealer = { seal: (text) => seal(key, text), unseal: (text) => unseal(key, text) }

/** A client, and its peer's end. */
function newClient(protocol: Protocol = lines): { client: AnyClient; peer: Duplex } {
  const made = memoryClient({ id: 7, protocol, connectedAt: 5_000 })
  made.peer.resume()
  return made
}

/** What the next process finds. */
function inherited(state: string, more: Partial<InheritedConnection> = {}): InheritedConnection {
  return { connection: {} as never, state, lastInput: 9, seen: [], taken: 0, journal: '', ...more }
}

/** Writes a client down, and reads it as the next process does. */
function moved(client: AnyClient, progress: Partial<Progress> = {}, state = '{}'): SavedClient {
  const text = writeClient(
    client,
    { ...newProgress(), ...progress },
    writeChannel(client, sealer),
    state,
    sealer,
  )
  assert.is(text.split('\n').length, 3, 'three lines')
  return readClient(inherited(text), sealer)
}

test('a client is the same one in the next process: its number, its time, its state, what it has sent', async () => {
  const { client, peer } = newClient()
  peer.write('one\ntwo\n')
  await turns()
  const saved = moved(client, { at: 'idle' }, '{"name":"ann"}')
  assert.equal([saved.id, saved.connectedAt, saved.state], [7, 5_000, '{"name":"ann"}'])
  assert.equal(saved.channel.snapshot.unread, ['one', 'two'])
  assert.equal([saved.channel.silent, saved.channel.lastInput], [false, 9])
  assert.not(saved.asked)
})

test('one that has sent nothing yet is known to be silent', () => {
  assert.ok(moved(newClient().client).channel.silent)
})

test('what the edge has besides goes along as it is', () => {
  const { client } = newClient()
  const text = writeClient(client, newProgress(), writeChannel(client, sealer), '{}', sealer)
  const seen = [Buffer.from('abc')]
  const { channel } = readClient(inherited(text, { seen, taken: 3, lastInput: 12 }), sealer)
  assert.is(channel.seen, seen)
  assert.equal([channel.taken, channel.lastInput], [3, 12])
})

// --- Where its session goes on

for (const [at, where, again] of [
  // Nothing of it was done.
  ['new', 'new', false],
  // It was begun, and begins again.
  ['connect', 'connect', true],
  ['idle', 'idle', false],
  ['disconnect', 'idle', false],
  ['over', 'idle', false],
] as const) {
  test(`a session that was cut short at '${at}' goes on ${again ? 'with it, again' : `at '${where}'`}`, () => {
    const { at: then, progress } = moved(newClient().client, { at })
    assert.is(then, at)
    assert.is(progress.at, where === 'connect' ? 'new' : where)
    assert.is(progress.again, again)
    assert.is(progress.data, undefined)
  })
}

test('a line that was being handled is handled again, whatever is in it', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (line) => {
      const { progress } = moved(newClient().client, { at: 'receive', data: line })
      assert.is(progress.data, line)
      assert.equal([progress.at, progress.again], ['idle', true])
    }),
    { numRuns: 200 },
  ))

test('a chunk that was being handled is handled again to the last byte, where it is a part of a larger piece of memory, too', () =>
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(5), (chunk, offset) => {
      const { client } = newClient(bytes)
      const memory = new Uint8Array(chunk.length + offset + 3).fill(255)
      memory.set(chunk, offset)
      const { progress } = moved(client, {
        at: 'receive',
        data: memory.subarray(offset, offset + chunk.length),
      })
      assert.equal(new Uint8Array(progress.data as Uint8Array), chunk)
    }),
    { numRuns: 50 },
  ))

test('what has not gone on yet when the process ends is found by the one after that as it was left', () => {
  const { client } = newClient()
  const line = moved(client, moved(client, { at: 'receive', data: 'a line' }).progress)
  assert.is(line.at, 'receive')
  assert.is(line.progress.data, 'a line')
  const connect = moved(client, moved(client, { at: 'connect' }).progress)
  assert.equal([connect.at, connect.progress.at, connect.progress.again], ['connect', 'new', true])
})

test('a line whose turn has not come is sealed: it may have been typed hidden', () => {
  const { client } = newClient()
  const { progress } = moved(client, { at: 'receive', data: 'a secret' })
  assert.not(writeClient(client, progress, '', '{}', sealer).includes('a secret'))
})

test('an empty line that was being handled is a line', () => {
  const { progress } = moved(newClient().client, { at: 'receive', data: '' })
  assert.equal([progress.data, progress.again], ['', true])
})

test('a line of before is none that is handled: one that the session has left behind is not handled again', () => {
  const { progress } = moved(newClient().client, { at: 'idle', data: 'done' })
  assert.equal([progress.data, progress.again], [undefined, false])
})

test('a client that is closing begins nothing', () => {
  for (const at of ['new', 'connect'] as const) {
    const { client } = newClient()
    void client.close()
    const { progress, channel } = moved(client, { at })
    assert.is(progress.at, 'idle')
    assert.is(channel.snapshot.closing, true)
  }
})

test('it is known whether a handler waits for a line, since its user may stand behind a prompt', async () => {
  const { client } = newClient()
  const waiting = client.nextLine()
  assert.ok(moved(client, { at: 'connect' }).asked)
  channelOf(client).inbox.push('line' as never, 4)
  await waiting
  assert.not(moved(client, { at: 'connect' }).asked)
})

// --- What was typed hidden

/** Reads what a client sends as a session does. */
async function sessionLine(client: AnyClient): Promise<string | Uint8Array> {
  const { inbox } = channelOf(client)
  return new Promise((resolve) => inbox.rest({ take: (line) => resolve(line as string) }))
}

test('what was typed hidden can be read by the next process, and by nobody who reads the text', async () => {
  const { client, peer } = newClient()
  client.hideInput()
  peer.write('xyzzy\nplugh\n')
  await turns()
  const data = await sessionLine(client)
  assert.is(data, 'xyzzy')
  const progress = { ...newProgress(), at: 'receive' as const, data }
  const text = writeClient(client, progress, writeChannel(client, sealer), '{}', sealer)
  for (const secret of ['xyzzy', 'plugh']) {
    assert.not.match(text, secret)
    assert.not.match(text, Buffer.from(secret).toString('base64').replace(/=+$/, ''))
  }
  const saved = readClient(inherited(text), sealer)
  assert.is(saved.progress.data, 'xyzzy')
  assert.equal(saved.channel.snapshot.unread, ['plugh'])
  assert.is(saved.channel.secrecy, 'input')
})

test('whoever has another key can not read it, and is told so rather than given something else', async () => {
  const { client, peer } = newClient()
  client.hideInput()
  peer.write('xyzzy\n')
  await turns()
  const text = writeClient(client, newProgress(), writeChannel(client, sealer), '{}', sealer)
  const other = newKey()
  assert.throws(() =>
    readClient(inherited(text), { seal: () => '', unseal: (sealed) => unseal(other, sealed) }),
  )
})

test('what was typed in the open is not sealed, once nothing hidden is left', async () => {
  const { client, peer } = newClient()
  client.hideInput()
  peer.write('xyzzy\n')
  await turns()
  client.showInput()
  await sessionLine(client)
  peer.write('hello\nworld\n')
  await turns()
  const data = await sessionLine(client)
  const progress = { ...newProgress(), at: 'receive' as const, data }
  const text = writeClient(client, progress, writeChannel(client, sealer), '{}', sealer)
  assert.match(text, 'hello')
  assert.match(text, 'world')
  assert.is(readClient(inherited(text), sealer).channel.secrecy, undefined)
})

test('the channel is the first line, and can be taken out of the whole', () => {
  const { client } = newClient()
  const channel = writeChannel(client, sealer)
  assert.is(channelIn(writeClient(client, newProgress(), channel, '{"a":"\\n"}', sealer)), channel)
})

test.run()
