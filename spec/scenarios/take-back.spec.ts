// A process that has handed its clients over, and goes on after all: the next one has failed. Both ends of the pipe are here.
import { AsyncLocalStorage } from 'node:async_hooks'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Duplex, duplexPair } from 'node:stream'
import { events, Service } from 'mara-ts'
import { CommandRegistry } from 'mara-ts/contrib/commands'
import { adminCommands, BaseUser, ConnectFlow, Users, withAdmin, withUser } from 'mara-ts/contrib/users'
import { password } from 'mara-ts/prompts'
import { SessionStore, Store } from 'mara-ts/storage'
import { connectAs, connectTo, personas } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { Edge } from '../../lib/edge/edge.js'
import { FrameReader, message, readWorkerFrame } from '../../lib/edge/frames.js'
import {
  type EdgeMessage,
  readWorkerMessage,
  type WorkerMessage,
  type WorkerSettings,
} from '../../lib/edge/messages.js'
import { type Pipe, Relay } from '../../lib/edge/relay.js'
import { setEdgePort } from '../../lib/runtime/edge-port.js'
import { DONT, IAC, OPTION } from '../../lib/telnet/constants.js'
import { ORIGIN } from '../edge/wire.js'
import { temporaryDirectory } from '../storage/support/temporary.js'

const test = suite('take-back')

/** The angel's end of the pipe to a service of this process. */
class Angel {
  readonly #edge = new Edge({ wants: () => true, warn: () => {} })
  readonly #pipe: Duplex
  readonly #heard = new Map<WorkerMessage['name'], () => void>()
  #settings: WorkerSettings | undefined

  constructor() {
    const [ours, theirs] = duplexPair()
    const frames = new FrameReader((bytes) => this.#frame(bytes))
    ours.on('data', (chunk) => frames.push(chunk))
    this.#pipe = ours
    setEdgePort(new Relay(Object.assign(theirs, { ref() {}, unref() {} }) as Pipe))
    this.#tell({ name: 'key', key: Buffer.alloc(32).toString('base64') })
  }

  /** A connection comes in; so `connectTo(angel)` works. */
  accept(duplex: Duplex): void {
    this.#edge.accept(duplex, ORIGIN)
  }

  /** @param start starts the service. */
  async serve(start: () => unknown): Promise<void> {
    const ready = this.#hears('ready')
    start()
    await ready
    await this.#go(false)
  }

  /** The service lets go of everything, and gets it all back. */
  async failToReplace(): Promise<void> {
    const handedOver = this.#hears('handed-over')
    this.#tell({ name: 'hand-over' })
    await handedOver
    this.#edge.detach('handed over')
    await this.#go(true)
  }

  close(): void {
    setEdgePort(undefined)
    this.#edge.closeAll()
  }

  async #go(restart: boolean): Promise<void> {
    const serving = this.#hears('serving')
    const to = { send: (...parts: Buffer[]) => this.#send(...parts) }
    this.#edge.handTo(to, this.#settings as WorkerSettings, { restart, crash: restart, since: Date.now() })
    await serving
  }

  #hears(name: WorkerMessage['name']): Promise<void> {
    return new Promise((resolve) => this.#heard.set(name, resolve))
  }

  #tell(body: EdgeMessage): void {
    this.#send(message(body))
  }

  #send(...parts: Buffer[]): void {
    for (const part of parts) this.#pipe.write(part)
  }

  #frame(bytes: Buffer): void {
    const frame = readWorkerFrame(bytes)
    if (frame.type === 'turn') this.#edge.turn(frame.records)
    if (frame.type !== 'message') return
    const body = readWorkerMessage(frame.body) as WorkerMessage
    if (body.name === 'settings') this.#settings = body.settings
    if (body.name === 'listen') {
      const { request, server } = body
      this.#tell({ name: 'listening', request, listener: ORIGIN.listener, address: server.address })
    }
    this.#heard.get(body.name)?.()
  }
}

test('handlers run in the asynchronous context in which their service was started, afterwards, too (rule 18)', async () => {
  const storage = new AsyncLocalStorage<string>()
  const service = new Service()
  service.listen(events.Connect, ({ client }) => client.write(`welcome ${storage.getStore()}`))
  service.listen(events.Receive, ({ client, data }) => client.write(`${data} ${storage.getStore()}`))
  const angel = new Angel()
  await angel.serve(() => storage.run('as started', () => service.start({ log: false, store: 'memory' })))
  const ann = await connectTo(angel)
  await ann.sees('welcome as started')
  await angel.failToReplace()
  ann.type('hello')
  await ann.sees('hello as started')
  const bob = await connectTo(angel)
  await bob.sees('welcome as started')
  await Promise.all([ann.leave(), bob.leave()])
  await service.stop()
  angel.close()
})

test('stored objects stay the same ones, with what is not saved of them', async () => {
  class Note extends Store.define('note', { text: z.string().default('') }) {}
  const service = new Service()
  const notes = service.stores.manager(Note)
  const angel = new Angel()
  await angel.serve(() => service.start({ log: false, store: 'memory' }))
  const note = await notes.create('one')
  note.text = 'not saved'
  await angel.failToReplace()
  assert.is(notes.get('one'), note)
  await note.save()
  assert.is((await notes.load('one'))?.text, 'not saved')
  await service.stop()
  angel.close()
})

test('whom another process has made an admin meanwhile is one', async () => {
  class User extends withAdmin(BaseUser) {}
  const service = new Service()
  const users = new Users(service, User)
  service.listen(events.Connect, () => new ConnectFlow(users))
  adminCommands(new CommandRegistry(service), users)
  const storePath = temporaryDirectory()
  // The other process is yet to begin, and all saves of this one are done.
  service.listen(events.Suspend, () => {
    writeFileSync(join(storePath, 'user', 'cat.json'), '{ "name": "cat", "isAdmin": true }')
  })
  const angel = new Angel()
  await angel.serve(() => service.start({ log: false, storePath }))
  await users.create('bob', { isAdmin: true })
  await users.create('cat')
  const ann = await connectTo(angel)
  await ann.sees('Name: ')
  ann.type('ann')
  await ann.sees('You are alone here.')
  ann.type('admin')
  await ann.sees('Offline: bob')
  await angel.failToReplace()
  ann.type('admin')
  await ann.sees('Offline: bob and cat')
  await ann.leave()
  await service.stop()
  angel.close()
})

test('whose account was deleted is not logged in afterwards to one that somebody else has made by its name', async () => {
  class User extends withUser(Store) {}
  const service = new Service()
  const users = new Users(service, User)
  service.listen(events.Connect, () => new ConnectFlow(users))
  service.listen(events.Receive, ({ client }) => client.write(users.of(client) ? 'logged in' : 'a stranger'))
  const angel = new Angel()
  await angel.serve(() => service.start({ log: false, storePath: temporaryDirectory() }))
  const login = async () => {
    const person = await connectTo(angel)
    await person.sees('Name: ')
    person.type('ann')
    await person.sees('Welcome, ann!')
    return person
  }
  const before = await login()
  await users.store.delete('ann')
  const after = await login()
  await angel.failToReplace()
  before.type('who am I?')
  await before.sees('a stranger')
  after.type('who am I?')
  await after.sees('logged in')
  await Promise.all([before.leave(), after.leave()])
  await service.stop()
  angel.close()
})

test('whoever has chosen a name without an account, and begins again, may choose it once more', async () => {
  class Guest extends withUser(SessionStore) {}
  class Login extends ConnectFlow<Guest> {
    async handler_65_rules({ client }: events.Connect): Promise<void> {
      await client.ask('Will you behave? ')
    }
  }
  const service = new Service()
  const users = new Users(service, Guest)
  service.listen(events.Connect, () => new Login(users))
  const angel = new Angel()
  await angel.serve(() => service.start({ log: false, store: 'memory', onRestart: 'restart' }))
  const ann = await connectTo(angel)
  const choose = async () => {
    await ann.sees('Name: ')
    ann.type('ann')
    await ann.sees('Will you behave? ')
  }
  await choose()
  await angel.failToReplace()
  await choose()
  ann.type('yes')
  await ann.sees('Welcome, ann!')
  await ann.leave()
  await service.stop()
  angel.close()
})

test('a password that is asked for then is hidden, and nothing after it', async () => {
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    await password(client, { message: 'Password: ' })
    client.write('welcome')
  })
  service.listen(events.Receive, ({ client, data }) => client.write(`you say ${data}`))
  const angel = new Angel()
  await angel.serve(() => service.start({ log: false, store: 'memory' }))
  const ann = await connectAs(personas.putty, angel)
  await ann.sees('Password: ')
  await angel.failToReplace()
  ann.type('swordfish')
  await ann.sees('welcome')
  assert.not(ann.hidesInput)
  ann.type('hello')
  await ann.sees('you say hello')
  assert.is(ann.screen, 'Password: \r\nwelcome\r\nhello\r\nyou say hello\r\n')
  await ann.leave()
  await service.stop()
  angel.close()
})

test('whose client refuses then to hide a password is told so', async () => {
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    await password(client, { message: 'Password: ', notice: 'Everybody can see it.' })
  })
  const angel = new Angel()
  await angel.serve(() => service.start({ log: false, store: 'memory' }))
  const ann = await connectTo(angel, { telnet: false })
  await ann.sees('Password: ')
  await angel.failToReplace()
  ann.connection.write(Uint8Array.of(IAC, DONT, OPTION.ECHO))
  await ann.sees('Everybody can see it.')
  await ann.leave()
  await service.stop()
  angel.close()
})

test.run()
