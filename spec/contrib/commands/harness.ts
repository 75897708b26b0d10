/** A service with commands, and people who type at it over sockets. */
import { Service } from 'mara-ts'
import { CommandRegistry, commandSettings } from 'mara-ts/contrib/commands'
import { Peer } from '../../support/peer.js'
import { running } from '../../support/service.js'

export interface Bench {
  readonly service: Service
  readonly commands: CommandRegistry
  /** Types a line, and gives all lines of the answer. */
  say(line: string): Promise<string[]>
}

/** The answer to a line that nothing else gives: it ends the answer to the line before it. */
const FENCE = 'fence-of-the-spec'

/** Runs `body` with a service, whose commands `prepare` registers. */
export async function withCommands(
  prepare: (commands: CommandRegistry, service: Service) => void,
  body: (bench: Bench) => Promise<void>,
  settings: object = {},
): Promise<void> {
  const service = new Service({ settings: commandSettings })
  const commands = new CommandRegistry(service as Service)
  prepare(commands, service as Service)
  commands.register(FENCE, ({ client }) => client.write(FENCE))
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      const say = async (line: string): Promise<string[]> => {
        peer.send(`${line}\r\n${FENCE}\r\n`)
        const answer = await peer.until(`${FENCE}\r\n`)
        return answer.split('\r\n').slice(0, -2)
      }
      await body({ service: service as Service, commands, say })
      peer.destroy()
    },
    { telnet: false, ...settings },
  )
}
