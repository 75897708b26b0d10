/** Channels that have the same people after a restart, played with a restart at each moment. */
import { ClientContainer, events, Service } from 'mara-ts'
import { everyRestartPoint } from 'mara-ts/testing'

interface Guest {
  name: string
  /** What the containers are made of again: only data outlives the process. */
  channel?: string
}

function makeService(): Service<Guest> {
  const service = new Service<Guest>()
  const channels = new Map<string, ClientContainer<Guest>>()

  function peopleOf(channel: string): ClientContainer<Guest> {
    const people = channels.get(channel) ?? new ClientContainer<Guest>()
    channels.set(channel, people)
    return people
  }

  service.listen(events.PostRestart, () => {
    for (const client of service.clients) {
      if (client.state.channel !== undefined) peopleOf(client.state.channel).add(client)
    }
  })

  service.listen(events.Connect, async ({ client }) => {
    client.state.name = await client.ask('Name: ')
    const channel = await client.ask('Channel: ')
    client.state.channel = channel
    peopleOf(channel).add(client).writeAll(`${client.state.name} joins ${channel}`)
  })

  service.listen(events.Receive, ({ client, data }) => {
    const { name, channel = '' } = client.state
    peopleOf(channel).writeAll(`${name}: ${data}`)
  })

  return service
}

const moments = await everyRestartPoint({
  service: makeService,
  async play(connect) {
    for (const name of ['ann', 'bob']) {
      const person = await connect(name)
      await person.sees('Name: ')
      person.type(name)
      await person.sees('Channel: ')
      person.type('cats')
      await person.sees(`${name} joins cats`)
      person.type('hello')
      await person.sees(`${name}: hello`)
    }
  },
})
console.log(`Everybody was still in the channel after a restart at each of ${moments} moments.`)
