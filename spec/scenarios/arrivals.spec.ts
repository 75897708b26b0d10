/** Clients who come in while others keep the service busy. */
import { Worker } from 'node:worker_threads'
import { events, Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { deferred, running } from '../support/service.js'

const test = suite('arrivals')

/** Each has one line to say. */
const OTHERS = 28

/** Connects four times, and says when the system has taken all of them in: the service need not have. */
const NEWCOMERS = `
  const { workerData: { port, come } } = require('node:worker_threads')
  const { connect } = require('node:net')
  let left = 4
  for (let i = 0; i < 4; i++) connect(port, '127.0.0.1').on('error', () => {}).on('connect', () => {
    left -= 1
    if (left > 0) return
    Atomics.store(come, 0, 1)
    Atomics.notify(come, 0)
  })
`

test('new connections are taken in before the others have had their turns, however much those have to say (rule 17)', async () => {
  const service = new Service()
  const come = new Int32Array(new SharedArrayBuffer(4))
  let newcomers: Worker | undefined
  const here = deferred()
  const done = deferred()
  service.listen(events.Connect, () => {
    if (service.clients.size === OTHERS) here.resolve()
  })
  /** How many clients there were at each line. */
  const clients: number[] = []
  service.listen(events.Receive, () => {
    if (newcomers === undefined) {
      const { port } = service.address as { port: number }
      newcomers = new Worker(NEWCOMERS, { eval: true, workerData: { port, come } })
      Atomics.wait(come, 0, 0)
    }
    for (const until = performance.now() + 10; performance.now() < until; );
    clients.push(service.clients.size)
    if (clients.length === OTHERS) done.resolve()
  })
  await running(service, async () => {
    const peers = await Promise.all(Array.from({ length: OTHERS }, () => Peer.connect(service)))
    await here.promise
    for (const peer of peers) peer.send('hello\r\n')
    await done.promise
    assert.is(clients.at(-1), OTHERS + 4)
    assert.ok(clients.indexOf(OTHERS + 4) < OTHERS / 2, String(clients))
    await newcomers?.terminate()
    for (const peer of peers) peer.destroy()
  })
})

test.run()
