/** A service with a console, and somebody who uses it. Usually that is a person: `mara console examples/console/main.ts`. */
import { connect, events, Service } from 'mara-ts'
import { defineCommand } from 'mara-ts/contrib/commands'

const service = new Service<{ name: string }>()
service.listen(events.Connect, async ({ client }) => {
  client.state.name = await client.ask('Name: ')
  client.write(`Welcome, ${client.state.name}`)
})

const names = defineCommand('names', { help: 'Who is here, by name.' }, ({ client }) => {
  client.write([...service.clients].map(({ state }) => state.name).join(', '))
})
const { path } = await service.console({ eval: true, commands: [names] })
await service.start({ port: 0, log: false })

const ann = await connect(service)
await ann.expect('Name: ')
ann.write('Ann')
await ann.expect('Welcome, Ann\n')

const admin = await connect({ path })
admin.write('names')
console.log(await admin.nextLine())
admin.write('eval [...service.clients].map((client) => client.state)')
console.log(await admin.nextLine())
admin.write('kick 1 We close early today.')
console.log(await admin.nextLine())
for await (const line of ann) console.log(`Ann reads: ${line}`)

await service.stop()
