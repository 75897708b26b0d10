import { Duplex } from 'node:stream'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Backlog, MAX_BACKLOG } from '../../lib/edge/backlog.js'
import { turns } from '../support/service.js'
import { Wire } from './wire.js'

const half = Buffer.alloc(MAX_BACKLOG / 2)

/** A pipe whose other end takes nothing, and what has become of the promise. */
function stuck() {
  const pipe: Duplex & Pick<Wire, 'blocked' | 'unblock'> = new Wire()
  pipe.blocked = true
  const backlog = new Backlog(pipe)
  return { pipe, backlog }
}

test('a worker may serve as long as its edge takes what it sends, or is not far behind', () => {
  const { pipe, backlog } = stuck()
  assert.is(backlog.relief(), undefined)
  pipe.write(half)
  assert.is(backlog.relief(), undefined)
})

test('where the edge is far behind, nobody is served until it has taken all', async () => {
  const { pipe, backlog } = stuck()
  for (let round = 0; round < 2; round++) {
    pipe.blocked = true
    pipe.write(half)
    pipe.write(half)
    const relief = backlog.relief()
    assert.is(backlog.relief(), relief, 'one for all who ask meanwhile')
    let free = false
    void relief?.then(() => {
      free = true
    })
    await turns()
    assert.is(free, false)
    pipe.unblock()
    await relief
    assert.is(backlog.relief(), undefined)
  }
  assert.is(pipe.listenerCount('drain') + pipe.listenerCount('close'), 0)
})

test('what is written meanwhile is not waited for', async () => {
  const held: (() => void)[] = []
  const pipe = new Duplex({ read() {}, write: (_chunk, _encoding, callback) => void held.push(callback) })
  pipe.write(half)
  pipe.write(half)
  const relief = new Backlog(pipe).relief()
  pipe.write(half)
  pipe.write(half)
  for (let i = 0; i < 3; i++) {
    held.shift()?.()
    await turns(1)
  }
  await relief
  assert.ok(pipe.writableLength >= MAX_BACKLOG)
})

test('where the edge is gone, nobody waits for it', async () => {
  const { pipe, backlog } = stuck()
  pipe.write(half)
  pipe.write(half)
  const relief = backlog.relief()
  pipe.destroy()
  await relief
  assert.is(backlog.relief(), undefined)
})

test.run()
