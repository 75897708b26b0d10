/**
 * The service that all telnet clients of these specs visit: a name, a hidden password, and then talk, in colour where the
 * client can. It tells what it has learned of a client's terminal to whoever asks.
 */
import { type Client, events, Service } from 'mara-ts'
import { input, password } from 'mara-ts/prompts'
import { cyan, dim, green, styled } from 'mara-ts/styles'

export interface Guest {
  name?: string
}

/** The only password; also what must never be seen on a screen. */
export const SECRET = 'swordfish'

/** Characters of a line that others get: one who says much must not fill the lines of those who listen. */
export const MOST = 200

/** @param interrupted what Ctrl-C and Ctrl-D do. */
export function den(interrupted: (client: Client<Guest>) => void = leave): Service<Guest> {
  const service = new Service<Guest>()
  service.filterAll = (client) => client.state.name !== undefined

  service.listen(events.Connect, async ({ client }) => {
    const name = await input(client, {
      message: 'Name: ',
      required: true,
      validate: (name) => name.length <= 40 || 'At most 40 characters, please.',
    })
    await password(client, {
      message: 'Password: ',
      validate: (typed) => typed === SECRET || 'Wrong.',
      attempts: 3,
    })
    client.write(green`Welcome, ${name}.`)
    client.state.name = name
    service.writeAll(dim`${name} is here.`, { exclude: client })
  })

  service.listen(events.Receive, ({ client, data }) => {
    if (data === '/quit') leave(client)
    else if (data === '/terminal') client.write(describe(client))
    else service.writeAll(styled`${cyan(client.state.name ?? '')}: ${data.slice(0, MOST)}`)
  })

  service.listen(events.Resize, ({ client, columns, rows }) => {
    if (client.state.name !== undefined) client.write(`Your window is ${columns} by ${rows}.`)
  })

  service.listen(events.Interrupt, ({ client }) => interrupted(client))
  service.listen(events.EndOfFile, ({ client }) => interrupted(client))

  service.listen(events.Disconnect, ({ client }) => {
    if (client.state.name !== undefined) service.writeAll(dim`${client.state.name} has left.`)
  })
  return service
}

function leave(client: Client<Guest>): void {
  client.write('Goodbye.')
  void client.close()
}

function describe({ terminal }: Client<Guest>): string {
  const { telnet, type, client, columns, rows, colours, encoding } = terminal
  return `telnet ${telnet}, type ${type}, client ${client}, ${columns} by ${rows}, colours ${colours}, ${encoding}`
}
