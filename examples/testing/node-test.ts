import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { events, Service } from 'mara-ts'
import { connectTo } from 'mara-ts/testing'

const service = new Service()
service.listen(events.Receive, ({ client, data }) => client.write(`You said: ${data}`))

before(() => service.start({ port: 0, log: false }))
after(() => service.stop())

test('a line is answered', async () => {
  await using ann = await connectTo(service)
  ann.type('hello')
  await ann.sees('You said: hello')
  await ann.seesNothing()
})

test('what is not there is an error that shows what is', async () => {
  await using ann = await connectTo(service, { patience: 50 })
  ann.type('hello')
  await assert.rejects(ann.sees('goodbye'), /You said: hello/)
})
