// time limit: 600 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fixture, guarded } from './support.js'

const test = suite('angel/channel')

const KINDS = ['words', 'type', 'json', 'name', 'settings', 'record', 'half', 'huge', 'empty']

test(`a worker that sends ${KINDS.join(', ')} where a frame is expected is replaced, and clients notice nothing`, () =>
  guarded(fixture('rowdy'), async (service) => {
    for (const kind of KINDS) {
      const peer = await service.connect()
      assert.is(await peer.line(), 'welcome')
      const before = await service.worker()
      const told = service.run.err.length
      // The line is begun again after each crash, and dropped after the second.
      peer.send(`${kind}\r\n`)
      assert.is(await peer.line(), 'Your last input made the service fail, and was dropped.', kind)
      peer.send('hello\r\n')
      assert.is(await peer.line(), '1 hello', kind)
      assert.not.equal(await service.worker(), before, kind)
      assert.match(service.run.err.slice(told), /it sent a frame that makes no sense: /, kind)
      peer.destroy()
    }
  }))

test('what is well formed and comes at the wrong time, or is about nothing, changes nothing', () =>
  guarded(fixture('rowdy'), async (service) => {
    const peer = await service.connect()
    assert.is(await peer.line(), 'welcome')
    const before = await service.worker()
    peer.send('untimely\r\n')
    assert.is(await peer.line(), '1 untimely')
    assert.is(await service.worker(), before)
    // It can still be restarted, and hands everything over.
    assert.not.equal((await service.restart()).worker, before)
    peer.send('hello\r\n')
    assert.is(await peer.line(), '2 hello')
    peer.destroy()
  }))

test.run()
