import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Relayed, type RelayHost } from '../../lib/edge/relayed-connection.js'
import type { ConnectionSink } from '../../lib/transport/connection.js'

const test = suite('edge/relayed-connection')

/** A connection that is open, what its channel is told, and the pipe to the edge: writes leave when the test says so. */
function opened(seen = 0): { relayed: Relayed; told: string[]; onTheWay: Relayed[]; open(): void } {
  const onTheWay: Relayed[] = []
  const ignore = (): void => {}
  const host: RelayHost = {
    output: ignore,
    close: ignore,
    destroy: ignore,
    release: ignore,
    touch: ignore,
    read: ignore,
    whenLeft: (connection) => void onTheWay.push(connection),
  }
  const relayed = new Relayed(
    {
      connection: 1,
      listener: 'tcp',
      remoteAddress: undefined,
      protocol: undefined,
      secure: false,
      seen,
      deaths: 0,
    } as ConstructorParameters<typeof Relayed>[0],
    host,
  )
  const told: string[] = []
  const sink: ConnectionSink = {
    data: (chunk) => void told.push(Buffer.from(chunk).toString()),
    ended: () => void told.push('ended'),
    left: () => void told.push('left'),
    drained: () => void told.push('drained'),
    finished: () => void told.push('finished'),
    closed: () => void told.push('closed'),
  }
  const open = (): void => relayed.open(sink)
  if (seen === 0) open()
  return { relayed, told, onTheWay, open }
}

test('each write that its peer did not take is told as left as soon as the peer reads again', () => {
  const { relayed, told } = opened()
  relayed.gotStuck()
  assert.is(relayed.write('hello'), false)
  assert.is(relayed.write('again'), false)
  assert.is(relayed.unsent, 10)
  assert.equal(told, [])
  relayed.gotFree()
  assert.is(relayed.unsent, 0)
  assert.equal(told, ['left', 'left', 'drained'])
  assert.is(relayed.write('on'), true)
})

test('a peer counts as one that takes nothing while more than 64 KiB are on their way to the edge', () => {
  const { relayed, told, onTheWay } = opened()
  assert.is(relayed.write('x'.repeat(64 * 1024)), true)
  assert.is(relayed.write('x'), false)
  onTheWay.pop()?.left()
  assert.equal(told, ['left'])
  onTheWay.pop()?.left()
  assert.equal(told, ['left', 'left', 'drained'])
})

test('one that got free is told so only when what is on its way has left', () => {
  const { relayed, told, onTheWay } = opened()
  relayed.write('x'.repeat(64 * 1024 + 1))
  relayed.gotStuck()
  relayed.gotFree()
  assert.equal(told, [])
  onTheWay.pop()?.left()
  assert.equal(told, ['left', 'drained'])
})

test('one that is stuck is not told that it is free because what was on its way has left', () => {
  const { relayed, told, onTheWay } = opened()
  relayed.write('x'.repeat(64 * 1024 + 1))
  relayed.gotStuck()
  onTheWay.pop()?.left()
  assert.equal(told, ['left'])
  relayed.gotFree()
  assert.equal(told, ['left', 'drained'])
})

test('what waits to be read is a copy, since a view would keep all that came for others with it', () => {
  const { relayed, told } = opened()
  const frame = Buffer.from('hello')
  relayed.pause()
  relayed.received(frame)
  frame.fill('x')
  relayed.gone()
  assert.equal(told, ['hello', 'closed'])
})

test('what the worker before has read is taken out of what waits, and the rest is read', () => {
  const { relayed, told, open } = opened(7)
  for (const chunk of ['one\n', 'two\n', 'six\n']) relayed.received(Buffer.from(chunk))
  assert.equal(relayed.takeSeen().map(String), ['one\n', 'two'])
  assert.is(relayed.chunks, 2)
  open()
  assert.equal(told, ['\n', 'six\n'])
})

test('one that is gone, or that was destroyed, is given nothing more to send', () => {
  for (const end of ['gone', 'destroy'] as const) {
    const { relayed, onTheWay } = opened()
    assert.not(relayed.destroyed)
    relayed[end]()
    assert.ok(relayed.destroyed && relayed.leaving, end)
    relayed.write('hello')
    assert.equal(onTheWay, [], end)
  }
})

test('what came before it was closed is delivered although it is paused, and then the end', () => {
  const { relayed, told } = opened()
  relayed.pause()
  relayed.received(Buffer.from('last words'))
  relayed.peerEnded()
  assert.equal(told, [])
  relayed.gone()
  assert.equal(told, ['last words', 'ended', 'closed'])
})

test.run()
