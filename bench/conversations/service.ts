/** Five prompts, and then a chat: the service under test. With STEPS it imports what follows conversations through awaits. */
import { events, Service } from 'mara-ts'
import { input } from 'mara-ts/prompts'

if (process.env.STEPS) await import('mara-ts/conversation')

const service = new Service()
service.listen(events.Connect, async ({ client }) => {
  const answers: string[] = []
  for (const message of ['Name: ', 'City: ', 'Age: ', 'Colour: ', 'Motto: ']) {
    answers.push(await input(client, { message }))
  }
  client.write(`Welcome, ${answers.join(' ')}.`)
})
service.listen(events.Receive, ({ client, data }) => {
  if (data === 'quit') void client.close()
  else client.write(data)
})
service.listen(events.PostStart, () => {
  if (service.clients.size === 0) console.log(`open ${service.address?.port}`)
})
await service.run({
  log: false,
  maxConnections: 20_000,
  maxConnectionRate: 1_000_000,
  store: 'memory',
})
