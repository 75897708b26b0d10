/**
 * A chat room: everyone gives a name, and all hear what one says.
 */
import { events, Service } from 'mara-ts'

/** What the service knows of a client; whoever has no name yet hears nothing of the chat. */
interface Guest {
  name?: string
}

/** A service of its own for each call: a test may make several. */
export function makeService() {
  const service = new Service<Guest>()

  service.filterAll = (client) => client.state.name !== undefined

  service.listen(events.Connect, async ({ client }) => {
    let name = ''
    while (name === '' || isTaken(name)) {
      if (name !== '') client.write(`${name} is taken.`)
      client.write('Your name: ', { newline: false })
      name = (await client.nextLine()).trim()
    }
    client.state.name = name
    client.write(`Welcome, ${name}. /who tells who is here, /quit leaves.`)
    service.writeAll(`${name} has joined`, { exclude: client })
  })

  service.listen(events.Receive, ({ client, data }) => {
    const line = data.trim()
    if (line === '/who') client.write(`Here now: ${names().join(', ')}`)
    else if (line === '/quit') void client.close()
    else if (line !== '') service.writeAll(`${client.state.name}: ${line}`)
  })

  service.listen(events.Disconnect, ({ client }) => {
    if (client.state.name !== undefined)
      service.writeAll(`${client.state.name} has left`, { exclude: client })
  })

  service.listen(events.PreStop, () => service.writeAll('The chat is closing. Goodbye.'))

  function names(): string[] {
    return [...service.clients].flatMap(({ state }) => state.name ?? []).sort()
  }

  function isTaken(name: string): boolean {
    return names().some((other) => other.toLowerCase() === name.toLowerCase())
  }
  return service
}
