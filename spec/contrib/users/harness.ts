/** A service with users, and people who talk to it over sockets and say what they see. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { events, Service } from 'mara-ts'
import { CommandRegistry, commandSettings, standardCommands } from 'mara-ts/contrib/commands'
import {
  accountSettings,
  adminCommands,
  adminSettings,
  BaseUser,
  DisconnectFlow,
  firstAdmin,
  genderCommands,
  ifAdmin,
  PasswordConnect,
  passwordCommands,
  passwordCost,
  Users,
  userCommands,
  withAdmin,
  withGender,
  withPassword,
} from 'mara-ts/contrib/users'
import { FakeClock } from 'mara-ts/testing'
import { z } from 'zod'
import { Peer } from '../../support/peer.js'
import { Records } from '../../support/records.js'
import { running } from '../../support/service.js'

// What it costs is not what these specs are about.
passwordCost.ln = 4

export class TestUser extends withGender(withAdmin(withPassword(BaseUser))).define('user', {
  score: z.number().default(0),
}) {}

declare module 'mara-ts' {
  interface ClientEventContext {
    user: TestUser
  }
}

export interface Parlour {
  readonly service: Service
  readonly users: Users<TestUser>
  readonly commands: CommandRegistry
  readonly log: Records
  readonly clock: FakeClock
  /** Somebody at the door. @param from an address of this machine, such as `127.0.0.2`. */
  knock(from?: string): Promise<Person>
  /** Somebody inside, with an account made just now; everything up to the welcome has been read. */
  join(name: string, password?: string): Promise<Person>
  /** Somebody with an account comes back. */
  login(name: string, password?: string): Promise<Person>
}

export const PASSWORD = 'correct horse'
const FENCE = 'fence-of-the-spec'

/** A peer that knows what a person sees. */
export class Person {
  readonly peer: Peer

  constructor(peer: Peer) {
    this.peer = peer
  }

  send(...lines: string[]): void {
    for (const line of lines) this.peer.send(Buffer.from(`${line}\r\n`))
  }

  /** Everything up to `text`, as it came. */
  async until(text: string): Promise<string> {
    return utf8(await this.peer.until(Buffer.from(text).toString('latin1')))
  }

  /** Answers one prompt after another: `['Name: ', 'ann', 'Password: ', 'secret']`. Gives what stood before each. */
  async talk(...promptsAndAnswers: string[]): Promise<string[]> {
    const seen: string[] = []
    for (let i = 0; i < promptsAndAnswers.length; i += 2) {
      const prompt = promptsAndAnswers[i] as string
      seen.push((await this.until(prompt)).slice(0, -prompt.length))
      const answer = promptsAndAnswers[i + 1]
      if (answer !== undefined) this.send(answer)
    }
    return seen
  }

  async line(): Promise<string> {
    return utf8(await this.peer.line())
  }

  /** All lines that have come before the answer to a line that is sent now; the line's own answer is the last. */
  async seen(...lines: string[]): Promise<string[]> {
    this.send(...lines, FENCE)
    return (await this.until(`${FENCE}\r\n`)).split('\r\n').slice(0, -2)
  }

  async rest(): Promise<string> {
    return utf8(await this.peer.rest())
  }

  leave(): void {
    this.peer.destroy()
  }
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}

export interface ParlourOptions {
  readonly connect?: (users: Users<TestUser>) => PasswordConnect<TestUser>
  readonly prepare?: (users: Users<TestUser>, commands: CommandRegistry, service: Service) => void
  readonly settings?: object
}

export async function withParlour(
  body: (parlour: Parlour) => Promise<void>,
  { connect = (users) => new PasswordConnect(users), prepare, settings }: ParlourOptions = {},
): Promise<void> {
  const clock = new FakeClock(undefined, { turns: 3 })
  const log = new Records()
  const service = new Service({
    clock,
    settings: { ...commandSettings, ...adminSettings, ...accountSettings },
  }) as unknown as Service
  const users = new Users(service, TestUser)
  firstAdmin(users)
  service.listen(events.Connect, () => connect(users))
  service.listen(events.Disconnect, () => new DisconnectFlow(users))
  const commands = new CommandRegistry(service)
  standardCommands(commands, { canRestart: ifAdmin })
  userCommands(commands, users)
  passwordCommands(commands, users)
  adminCommands(commands, users)
  genderCommands(commands, users)
  commands.register(FENCE, ({ client }) => client.write(FENCE))
  prepare?.(users, commands, service)
  const people: Person[] = []
  const knock = async (localAddress?: string): Promise<Person> => {
    const { port } = service.address as { port: number }
    const where = localAddress === undefined ? service : { port, host: '127.0.0.1', localAddress }
    const person = new Person(await Peer.connect(where))
    people.push(person)
    return person
  }
  await running(
    service,
    async () => {
      const parlour: Parlour = {
        service,
        users,
        commands,
        log,
        clock,
        knock,
        async join(name, password = PASSWORD) {
          const person = await knock()
          await person.talk(
            'Name: ',
            name,
            'Create it? (yes/no) ',
            'yes',
            'Choose a password (8 characters or more): ',
            password,
            'Repeat the password: ',
            password,
          )
          await person.until('Account created.\r\n')
          await person.line()
          await person.line()
          return person
        },
        async login(name, password = PASSWORD) {
          const person = await knock()
          await person.talk('Name: ', name, 'Password: ', password)
          await person.until('Welcome, ')
          await person.line()
          await person.line()
          return person
        },
      }
      try {
        await body(parlour)
      } finally {
        // Before the service stops: its clock stands still, and so does its patience with those who do not leave.
        for (const person of people) person.leave()
      }
    },
    { telnet: false, store: 'memory', log, ...settings },
  )
}

/** A folder for stores, removed in the end. */
export async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mara-users-'))
  try {
    await body(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
