/** A test of a service, in memory and without a test runner: two people, and what each of them sees. */
import assert from 'node:assert/strict'
import { events, Service } from 'mara-ts'
import { connectTo, FakeClock, Transcript } from 'mara-ts/testing'

const clock = new FakeClock()
const service = new Service({ clock })
service.listen(events.Connect, async ({ client }) => {
  client.state.name = await client.ask('Name: ')
  service.writeAll(`${client.state.name} has connected.`)
})
service.listen(events.Receive, ({ client, data }) => {
  service.writeAll(`${client.state.name}: ${data}`, { exclude: client })
})
service.timer({ every: 3_600_000 }, () => service.writeAll('Another hour has passed.'))
await service.start({ port: 0, log: false })

const transcript = new Transcript()
const ann = await connectTo(service, { name: 'ann', transcript })
const bob = await connectTo(service, { name: 'bob', transcript })
for (const person of [ann, bob]) {
  await person.sees('Name: ')
  person.type(person.name)
  await person.sees(`${person.name} has connected.`)
}

bob.type('Good evening, ann.')
await ann.sees('bob has connected.', 'bob: Good evening, ann.')
await bob.seesNothing()

await clock.advance(3_600_000)
await ann.sees('Another hour')
await ann.seesNothing()

await ann.leave()
await bob.leave()
await service.stop()
assert.ok(!bob.seen.includes('Good evening'))
console.log(String(transcript))
