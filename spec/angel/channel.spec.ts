// time limit: 600 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { crowd, fixture, guarded } from './support.js'

const test = suite('angel/channel')

for (const [kind, log] of Object.entries({
  words: /A message of worker \d+ was ignored: /,
  bytes: /A message of worker \d+ was ignored: /,
  json: /A message of worker \d+ was ignored: /,
  untimely: undefined,
  listens: undefined,
  huge: /it is longer than 33554432 bytes/,
  messages: /on the channel for sockets/,
  damage: /The angel met an error of its own/,
})) {
  test(`a worker that sends ${kind} where a message is awaited changes nothing, and is logged`, () =>
    guarded(fixture('rowdy'), async (service) => {
      const [counter] = await crowd(service.port, 1)
      const before = await service.worker()
      assert.is(await counter?.say(kind), kind)
      const peer = await Peer.connect({ port: service.port, host: '127.0.0.1' })
      assert.is(await peer.line(), 'welcome')
      assert.is(await counter?.say('hello'), 'hello')
      assert.is(await service.worker(), before)
      // It can still be restarted, and hands everything over.
      assert.not.equal((await service.restart()).worker, before)
      peer.send('hello\r\n')
      assert.is(await peer.line(), '1 hello')
      assert.is(await counter?.say('hello'), 'hello')
      if (log !== undefined) assert.match(service.run.err, log)
      peer.destroy()
      counter?.close()
    }))
}

test.run()
