import { InvalidOptionError } from 'mara-ts'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_RECEIVED, Received } from '../../lib/connect/received.js'
import { rejection, turns } from '../support/service.js'

const upTo = (mark: string) => ({
  take(text: string) {
    const at = text.indexOf(mark)
    return at === -1 ? undefined : { value: text.slice(0, at), length: at + mark.length }
  },
  failed: (failure: string, waited: number) => new Error(`${failure} after ${waited}`),
})

function received() {
  const clock = new FakeClock()
  const text = new Received(clock)
  return { clock, text, wait: (mark: string, options = {}) => text.wait('here', upTo(mark), options) }
}

test('waits are served first come, first served, each from where the last one stopped', async () => {
  const { text, wait } = received()
  const waits = [wait(':'), wait(';'), wait(':')]
  text.add('a;b:')
  text.add('c;d:e')
  assert.equal(await Promise.all(waits), ['a;b', 'c', 'd'])
  assert.is(text.text, 'e')
})

test('a wait that fails takes nothing, and lets the next one come', async () => {
  const { clock, text, wait } = received()
  text.add('a:')
  const late = rejection(wait('!', { timeout: 1000 }))
  const controller = new AbortController()
  const aborted = rejection(wait('!', { signal: controller.signal }))
  const next = wait(':')
  await clock.advance(1000)
  assert.match(String(await late), 'timeout after 1000')
  controller.abort('enough')
  assert.is(await aborted, 'enough')
  assert.is(await next, 'a')
  assert.is(clock.pending, 0)
})

test('a wait behind others can be given up, too', async () => {
  const { clock, text, wait } = received()
  const first = wait(':')
  const second = rejection(wait(':', { timeout: 5 }))
  const third = wait(':')
  await clock.advance(5)
  assert.match(String(await second), 'timeout')
  text.add('a:b:')
  assert.equal([await first, await third], ['a', 'b'])
})

test('the end fails all waits that it does not serve, and all later ones', async () => {
  const { text, wait } = received()
  const waits = [wait(':'), rejection(wait(':')), rejection(wait(':'))]
  text.add('a:b')
  text.end()
  assert.is(await waits[0], 'a')
  assert.match(String(await waits[1]), 'end')
  assert.match(String(await waits[2]), 'end')
  assert.match(String(await rejection(wait(':'))), 'end')
  assert.is(text.text, 'b')
})

test('where too much has come, a wait that finds nothing fails, and there is no room until some is taken', async () => {
  const { text, wait } = received()
  assert.is(text.room, undefined)
  text.add('x'.repeat(MAX_RECEIVED))
  let hasRoom = false
  const room = text.room?.then(() => {
    hasRoom = true
  })
  assert.match(String(await rejection(wait(':'))), 'too-much')
  assert.not.ok(hasRoom)
  text.add(':')
  await wait(':')
  await room
  assert.ok(hasRoom)
})

test('dropping what is there gives room', async () => {
  const { text } = received()
  text.add('x'.repeat(MAX_RECEIVED))
  const { room } = text
  text.clear()
  await room
  assert.is(text.text, '')
})

test('the end gives room: nobody waits for it any more', async () => {
  const { text } = received()
  text.add('x'.repeat(MAX_RECEIVED))
  const { room } = text
  text.end()
  await room
  assert.is(text.room, undefined)
})

test('a wait that nobody awaits ends no process, and a wrong timeout is refused', async () => {
  const { text, wait } = received()
  void wait(':')
  text.end()
  await turns()
  assert.instance(await rejection(wait(':', { timeout: -1 })), InvalidOptionError)
  assert.is(await rejection(wait(':', { signal: AbortSignal.abort('enough') })), 'enough')
})

test('what is no signal, and what is no options, is refused by name', async () => {
  const received = new Received(new FakeClock())
  const wanted = { take: () => undefined, failed: () => new Error('not there') }
  for (const options of [{ signal: 5 }, { signal: null }, 'soon']) {
    const error = await rejection(received.wait('expect()', wanted, options as never))
    assert.instance(error, InvalidOptionError)
    assert.match(String(error), /expect\(\) got (signal|options): /)
  }
})

test.run()
