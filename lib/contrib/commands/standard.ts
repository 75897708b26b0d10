/** Commands that every service needs. Each is a handler class, so texts and steps can be replaced. */
import { checkMethods, checkNames, checkText, InvalidOptionError } from '../../errors.js'
import { events, Handler, NoAngelError, RestartFailedError } from '../../index.js'
import { hr } from '../../text/styles/index.js'
import type { CommandEvent } from './command.js'
import { CommandError } from './errors.js'
import type { AnyRegistry } from './registry.js'

/** `commands`, `commands GROUP`, `commands groups`. */
export class ListCommands extends Handler<CommandEvent> {
  title = 'Commands'
  groupTitle = (group: string): string => `${group} commands`
  none = '(none)'
  groupsText = (groups: readonly string[]): string => `Groups of commands: ${groups.join(', ')}`

  handler_50_list(event: CommandEvent, { group }: { group?: string | undefined }): void {
    const { client, registry } = event
    const all = registry.available(event)
    const groups = [...new Set(all.flatMap((command) => command.group ?? []))].sort()
    const wanted = groups.find((one) => one.toLowerCase() === group?.toLowerCase())
    if (group !== undefined && wanted === undefined) {
      client.write(this.groupsText(groups.length === 0 ? [this.none] : groups))
      return
    }
    const names = all.filter((command) => command.group === wanted).map(({ name }) => name)
    client.write(hr(wanted === undefined ? this.title : this.groupTitle(wanted)), names.join(' '))
    if (wanted === undefined && groups.length > 0) client.write(this.groupsText(groups))
    client.write(hr())
  }
}

/** `help`, `help COMMAND`. */
export class Help extends Handler<CommandEvent> {
  title = (name: string): string => `Help: ${name}`
  introduction = 'Type help and a command to see what it does. Type commands to see which there are.'
  syntax = (usage: string): string => `Syntax: ${usage}`

  handler_50_help(event: CommandEvent, { command: name }: { command?: string | undefined }): void {
    const { client, registry } = event
    if (name === undefined) {
      client.write(this.introduction)
      return
    }
    const command = registry.find(name, event)
    if (command === undefined) {
      client.write(registry.unknown(name, event))
      return
    }
    client.write(hr(this.title(command.name)))
    if (command.help !== '') client.write(...command.help.split('\n').map((line) => line.trim()), '')
    client.write(this.syntax(command.usage), hr())
  }
}

/** `quit`: says goodbye and closes the connection. */
export class Quit extends Handler<CommandEvent> {
  goodbye = 'Goodbye.'

  handler_50_quit({ client }: CommandEvent): void {
    client.write(this.goodbye)
    void client.close()
  }
}

/** `restart`: needs an angel. What everybody is told comes from `announceRestarts`. */
export class Restart extends Handler<CommandEvent> {
  noAngel = "This service can't restart: it runs without an angel."
  refused = (reason: string): string => `The restart failed, and the service goes on as it was: ${reason}`

  /** @throws CommandError where it can't, or the restart failed. */
  async handler_50_restart({ service }: CommandEvent): Promise<void> {
    try {
      await service.restart()
    } catch (error) {
      if (error instanceof NoAngelError) throw new CommandError(this.noAngel)
      if (error instanceof RestartFailedError) {
        throw new CommandError(this.refused(error.reason.replace(/\s+/g, ' ')))
      }
      throw error
    }
  }
}

/** Tells everybody that a restart begins, whoever asked for it. Returns a function that ends this. */
export function announceRestarts(
  service: AnyRegistry['service'],
  text = '-- The service restarts; nobody is disconnected. --',
): () => void {
  const where = 'announceRestarts()'
  checkMethods(where, 'service', service, ['listen'], 'a Service')
  checkText(where, 'text', text)
  return service.listen(events.PreRestart, () => service.writeAll(text))
}

export interface StandardCommandsOptions {
  /** Who may use `restart`; nobody unless said otherwise. */
  readonly canRestart?: ((event: CommandEvent) => boolean) | undefined
}

function checkStandard(commands: AnyRegistry, options: StandardCommandsOptions): void {
  const where = 'standardCommands()'
  checkMethods(where, 'commands', commands, ['register'], 'a CommandRegistry')
  checkNames(where, options, ['canRestart'])
  // Before the first command: `true` would be taken for nobody.
  if (!['function', 'undefined'].includes(typeof options.canRestart))
    throw new InvalidOptionError(where, 'canRestart', options.canRestart, 'a function, such as ifAdmin')
}

/** Registers `commands`, `help`, `quit`, and `restart` where somebody may use it. */
export function standardCommands(commands: AnyRegistry, options: StandardCommandsOptions = {}): void {
  checkStandard(commands, options)
  commands.register(
    'commands',
    { args: '[group]', syntax: '[group|groups]', help: 'Lists commands.' },
    ListCommands,
  )
  commands.register('help', { args: '[command]', help: 'Shows what a command does.' }, Help)
  commands.register('quit', { help: 'Ends the connection.' }, Quit)
  const { canRestart } = options
  if (canRestart === undefined) return
  commands.register(
    'restart',
    { help: 'Restarts the service; nobody is disconnected.', can: canRestart },
    Restart,
  )
  announceRestarts(commands.service)
}
