/** Which handlers run, and how long each took, by Node's diagnostics_channel. */
import { subscribe } from 'node:diagnostics_channel'
import { connect, events, type HandlerMessage, Service } from 'mara-ts'

const begun = new WeakMap<HandlerMessage, number>()
const ended = (message: HandlerMessage): void => {
  const ms = performance.now() - (begun.get(message) ?? Number.NaN)
  const { handler, event } = message
  console.log(`${handler} of ${event.event}, client ${event.client}: ${ms < 60_000 ? 'done' : 'slow'}`)
}
const on = (moment: string, fn: (message: HandlerMessage) => void): void =>
  subscribe(`tracing:mara:handler:${moment}`, (message) => fn(message as HandlerMessage))
on('start', (message) => begun.set(message, performance.now()))
on('asyncEnd', ended)
on('error', ({ handler, error }) => console.log(`${handler} failed: ${error}`))

const service = new Service()
service.listen(events.Connect, async function login({ client }) {
  client.state.name = await client.ask('Name: ')
})
service.listen(events.Receive, async function talk({ data }) {
  throw new Error(`I can't ${data}`)
})
await service.start({ port: 0, log: false })

const ann = await connect(service)
ann.write('Ann', 'fly')
await ann.expect('Name: ')
await ann.close()
await service.stop()
