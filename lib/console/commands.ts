/** The commands of a console. */
import type { Clock } from '../clock.js'
import {
  CommandError,
  type CommandEvent,
  type CommandRegistry,
  Restart,
  standardCommands,
} from '../contrib/commands/index.js'
import { type Client, ClientDisconnectedError } from '../index.js'
import type { LogFollower } from '../log/index.js'
import type { SettingRow } from '../settings/index.js'
import { within } from '../wait.js'
import { clientRows } from './client-rows.js'
import { evaluate } from './evaluate.js'
import { followLog } from './follow-log.js'
import { printed, writeTable } from './print.js'
import { statsRows } from './stats-rows.js'
import type { Target } from './target.js'

/** How long a client that is kicked may take to read why, in milliseconds. */
const LAST_WORDS = 1_000

export interface CommandsHost {
  /** The service that the console is for. */
  readonly target: Target
  readonly clock: Clock
  readonly eval: boolean
  settings(): readonly SettingRow[]
  follow(follower: LogFollower): () => void
  /** The width of a client's terminal; undefined where it has none. */
  columns(client: Client): number | undefined
  /** Says goodbye, and closes the connection. */
  quit(client: Client): void
}

export function registerCommands(commands: CommandRegistry, host: CommandsHost): void {
  const { target, clock } = host
  const log = () => target.log.channel('console')
  standardCommands(commands)

  commands.register('clients', { help: 'Lists those who are connected.' }, ({ client }) => {
    const columns = host.columns(client)
    if (target.clients.size === 0) return client.write('Nobody is connected.')
    const { heading, rows, flexible } = clientRows(target.clients, columns !== undefined)
    writeTable(client, columns, heading, rows, flexible)
  })

  commands.register(
    'kick',
    { args: '<id:int> [reason:text]', help: 'Disconnects a client, who is told the reason.' },
    async ({ client }, { id, reason }) => {
      const kicked = [...target.clients].find((one) => one.id === id)
      if (kicked === undefined) throw new CommandError(`There is no client #${id}. Type clients to see them.`)
      // Text in the midst of bytes would mean something else to its program.
      if (!kicked.raw) kicked.write(reason ?? 'You have been disconnected by an administrator.')
      log().info(`Client #${id} was kicked from the console`, { reason })
      const closed = kicked.close()
      // Who does not read is not waited for.
      if (!(await within(clock, LAST_WORDS, closed))) kicked.destroy()
      client.write(`Client #${id} has been disconnected.`)
    },
  )

  commands.register(
    'broadcast',
    { args: '<message:text>', help: 'Writes a line to every client.' },
    ({ client }, { message }) => {
      target.writeAll(message)
      client.write(`Clients told: ${target.clients.size}.`)
    },
  )

  commands.register(
    'log',
    {
      args: '[channels:text]',
      help: 'Shows the log as it is written, until you press Enter. Channels are named as in the setting log: log client,server or log all,-client. Only what is logged can be shown.',
    },
    async ({ client }, { channels }) => {
      if (target.settings.log === false) {
        throw new CommandError('The service logs nothing: its setting log is false.')
      }
      if (host.columns(client) !== undefined) client.write('Following the log. Press Enter to end.')
      await followLog(client, (follower) => host.follow(follower), channels)
    },
  )

  commands.register(
    'settings',
    { args: '[name]', help: 'Shows settings: their values, and where they come from.' },
    ({ client }, { name }) => {
      const wanted = name?.toLowerCase()
      const rows = host
        .settings()
        .filter((row) => wanted === undefined || row.name.toLowerCase().includes(wanted))
        .map(({ name, value, origin }) => [name, value, origin])
      if (rows.length === 0) throw new CommandError(`There is no setting with ${name} in its name.`)
      writeTable(client, host.columns(client), ['Setting', 'Value', 'From'], rows, 1)
    },
  )

  commands.register('stats', { help: 'Shows figures about the service.' }, ({ client }) => {
    writeTable(client, host.columns(client), ['Figure', 'Value'], statsRows(target.stats()), 1)
  })

  commands.register(
    'restart',
    { help: 'Restarts the service under its angel; its clients stay connected.' },
    class extends Restart {
      override async handler_50_restart(event: CommandEvent): Promise<void> {
        log().info('A restart was asked for from the console')
        // Of the service, not of the console.
        await super.handler_50_restart(Object.assign(Object.create(event), { service: target }))
        event.client.write('The new process is ready, and takes over.')
      }
    },
  )

  commands.register('stop', { help: 'Stops the service.' }, ({ client }) => {
    log().info('The service was stopped from the console')
    client.write('The service stops.')
    // Not awaited: the console is closed by it, and waits for this handler.
    target.stop().catch((error) => log().error('The service could not be stopped', { error }))
  })

  commands.register('quit', { help: 'Leaves the console. The service goes on.' }, ({ client }) =>
    host.quit(client),
  )
  commands.alias(/^(exit|logout)$/, 'quit')

  if (!host.eval) return
  commands.register(
    'eval',
    {
      args: '<code:text>',
      help: 'Runs JavaScript in the process of the service, which it knows as service. It may await.',
    },
    async ({ client }, { code }) => {
      // What it was is not written down: there may be secrets in it.
      log().warn('Code was run from the console')
      try {
        const { signal } = client
        const value = await evaluate(code, { scope: { service: target }, clock, signal })
        client.write(...printed(value))
      } catch (error) {
        if (error instanceof ClientDisconnectedError) throw error
        throw new CommandError(printed(error).join('\n'))
      }
    },
  )
}
