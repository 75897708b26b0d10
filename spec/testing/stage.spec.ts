import { events, Service } from 'mara-ts'
import { connectTo } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Stage } from '../../lib/testing/stage.js'
import { rejection } from '../support/service.js'

const test = suite('a stage')

test('a client stays connected over restarts and crashes, with its state', async () => {
  const seen: string[] = []
  const stage = new Stage(() => {
    const service = new Service<{ count: number }>()
    service.listen(events.Connect, ({ client }) => {
      client.state.count = 0
    })
    service.listen(events.Receive, ({ client }) => client.write(`${++client.state.count}`))
    service.listen(events.PostRestart, ({ crash }) => seen.push(crash ? 'crash' : 'restart'))
    service.listen(events.Disconnect, () => seen.push('gone'))
    return service
  })
  await stage.start()
  const ann = await connectTo(stage)
  ann.type('x')
  await ann.sees('1')
  await stage.restart()
  ann.type('x')
  await ann.sees('2')
  await stage.crash()
  ann.type('x')
  await ann.sees('3')
  assert.equal(seen, ['restart', 'crash'])
  await stage.stop()
  assert.equal(seen, ['restart', 'crash', 'gone'])
})

test('a service that does not start says why', async () => {
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(events.PreStart, () => {
      throw new Error('no luck')
    })
    return service
  })
  assert.match(((await rejection(stage.start())) as Error).message, 'no luck')
})

test.run()
