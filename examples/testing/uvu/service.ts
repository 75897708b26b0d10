import { events, Service } from 'mara-ts'
import { password } from 'mara-ts/prompts'

export function makeService(): Service<{ name?: string }> {
  const service = new Service<{ name?: string }>()
  service.listen(events.Connect, async function login({ client }) {
    client.state.name = await client.ask('Name: ')
    const secret = await password(client, { message: 'Password: ' })
    client.write(`Welcome, ${client.state.name}. Your password has ${secret.length} letters.`)
  })
  service.listen(events.Receive, ({ client, data }) => {
    service.writeAll(`${client.state.name} says: ${data}`, { exclude: client })
  })
  return service
}
