import { events, Service } from 'mara-ts'
import { connectTo, Transcript } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const service = new Service()
service.listen(events.Receive, ({ client, data }) => {
  service.writeAll(`Somebody says: ${data}`, { exclude: client })
})

const test = suite('a service')
test.before(() => service.start({ port: 0, log: false }))
test.after(() => service.stop())

test('everybody else hears what one says', async () => {
  const transcript = new Transcript()
  await using ann = await connectTo(service, { name: 'ann', transcript })
  await using bob = await connectTo(service, { name: 'bob', transcript })
  ann.type('hello')
  await bob.sees('Somebody says: hello')
  await ann.seesNothing()
  assert.snapshot(String(transcript), 'ann > hello\nbob < Somebody says: hello')
})

test.run()
