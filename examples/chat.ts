/**
 * A chat room. Try it: `npm start`, then `telnet 127.0.0.1 9000` in two terminals.
 *
 * Names are coloured and news is dimmed on terminals that can show it; all others get the same text without.
 */
import { type Client, events, Service } from 'mara-ts'
import { blue, cyan, dim, green, magenta, red, type Styled, styled, yellow } from 'mara-ts/styles'

interface Guest {
  /** Chosen on connecting. A client without a name is shown nothing of the chat. */
  name?: string
}

const NAME_LENGTH = 20
const COLOURS = [red, green, yellow, blue, magenta, cyan]

const service = new Service<Guest>()
service.filterAll = (client) => client.state.name !== undefined

service.listen(events.PostStart, () => {
  const { host, port, path } = service.address ?? {}
  console.log(`The chat is open: ${path === undefined ? `telnet ${host} ${port}` : `nc -U ${path}`}`)
})

service.listen(events.Connect, async ({ client }) => {
  client.write('Welcome. Please enter your name: ', { newline: false })
  let name = (await client.nextLine()).trim()
  for (let problem = whatIsWrongWith(name); problem !== undefined; problem = whatIsWrongWith(name)) {
    client.write(problem)
    client.write('Please enter your name: ', { newline: false })
    name = (await client.nextLine()).trim()
  }
  client.state.name = name
  client.write(styled`Welcome, ${coloured(name)}`)
  service.writeAll(dim`${coloured(name)} has connected`, { exclude: client })
})

service.listen(events.Receive, ({ client, data }) => {
  const { name = '' } = client.state
  const [command, ...words] = data.trim().split(/\s+/)
  if (command === '' || command === undefined) return
  if (command === '/me') service.writeAll(styled`${coloured(name)} ${words.join(' ')}`)
  else if (command === '/who') client.write(dim`Here now: ${names().join(', ')}`)
  else if (command === '/quit') leave(client)
  else if (command.startsWith('/')) client.write(dim`Unknown command: ${command}`)
  else service.writeAll(styled`${coloured(name)}: ${data}`)
})

// Ctrl-C and Ctrl-D in a telnet client.
service.listen(events.Interrupt, ({ client }) => leave(client))
service.listen(events.EndOfFile, ({ client }) => leave(client))

service.listen(events.Disconnect, ({ client }) => {
  const { name } = client.state
  if (name !== undefined) service.writeAll(dim`${coloured(name)} has left`, { exclude: client })
})

// Under an angel (mara angel): nobody notices a planned restart; after a crash, everybody is told.
service.listen(events.PostRestart, ({ crash, downtime }) => {
  if (crash) service.writeAll(dim`The chat had an accident, and was back in ${downtime} ms.`)
})

service.listen(events.PreStop, () => service.writeAll(dim`The chat is closing. Goodbye.`))

/** Everyone in the chat, sorted. */
function names(): string[] {
  return [...service.clients].flatMap(({ state }) => state.name ?? []).sort((a, b) => a.localeCompare(b))
}

/** The name in a colour that is always the same for that name. */
function coloured(name: string): Styled {
  const sum = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)
  const colour = COLOURS[sum % COLOURS.length] ?? cyan
  return colour(name)
}

/** Why a name is refused, as told to the guest; undefined if it is not. */
function whatIsWrongWith(name: string): string | undefined {
  if (name === '') return 'A name needs at least one letter.'
  if (name.length > NAME_LENGTH) return `That name is too long: at most ${NAME_LENGTH} characters.`
  const taken = names().some((other) => other.toLowerCase() === name.toLowerCase())
  return taken ? `${name} is taken.` : undefined
}

function leave(client: Client<Guest>): void {
  client.write('Goodbye.')
  void client.close()
}

await service.run()
