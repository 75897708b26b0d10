/** A script that logs in to a service, asks it something, and leaves. Here the service is one of its own. */
import { connect, ExpectError, events, Service } from 'mara-ts'
import { password } from 'mara-ts/prompts'

const service = new Service()
service.listen(events.Connect, async ({ client }) => {
  const name = await client.ask('Name: ')
  const secret = await password(client, { message: 'Password: ' })
  if (secret !== 'open sesame') return void client.write('Wrong password.')
  client.write(`Welcome, ${name}!`)
  client.prompt('> ')
})
service.listen(events.Receive, ({ client, data }) => {
  client.write(`I know nothing of "${data}".`)
  client.prompt('> ')
})
await service.start({ port: 0, log: false })

const { port } = service.address as { port: number }
const peer = await connect({ port, timeout: 5000 })
await peer.login({ user: 'ann', password: 'open sesame', prompt: '> ' })
peer.write('weather')
const { before } = await peer.expect('> ')
console.log(before.trim())

peer.write('uptime')
await peer.lookFor('> ')
try {
  await peer.expect(['days', /load: \d/], { timeout: 100 })
} catch (error) {
  if (!(error instanceof ExpectError)) throw error
  console.log(`After ${error.failure}, this had come: ${error.received}`)
}
await peer.close()
await service.stop()
