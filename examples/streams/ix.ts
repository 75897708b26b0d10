/** Events through operators of ix, and those of mara-ts/streams that end a silent source. */
import { filter } from 'ix/asynciterable/operators/filter'
import { map } from 'ix/asynciterable/operators/map'
import { take } from 'ix/asynciterable/operators/take'
import { connect, events, Service } from 'mara-ts'
import { events as eventsOf, timeout } from 'mara-ts/streams'

const service = new Service()
await service.start({ port: 0, log: false })
const ann = await connect(service)

const shouts = eventsOf(service, events.Receive).pipe(
  filter(({ data }) => data.endsWith('!')),
  map(({ client, data }) => `${client}: ${data}`),
  timeout(60_000),
  take(2),
)
const reading = (async () => {
  for await (const shout of shouts) console.log(shout)
})()
ann.write('hello', 'help!', 'anybody?', 'fire!')
await reading
await ann.close()
await service.stop()
