// What a service says by itself, in the words of the program.
import { type Connection, connect, events, Service, type ServiceTexts } from 'mara-ts'
import { connectTo, FakeClock } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Stage } from '../../lib/testing/stage.js'
import { running } from '../support/service.js'

const test = suite('texts')

const SMTP: Partial<ServiceTexts> = {
  full: '421 4.3.2 Too many connections',
  lineTooLong: (max) => `500 5.5.6 Line too long (${max})`,
  silent: (ms) => `421 4.4.2 Nothing for ${ms} ms`,
  failed: '451 4.3.0 Internal error',
}

/** All that still comes, until the service closes. */
async function rest<T extends string | Uint8Array>(peer: Connection<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of peer) all.push(item)
  return all
}

// biome-ignore lint/suspicious/noExplicitAny: any service
const portOf = (service: Service<any, any>): number => (service.address as { port: number }).port

interface Echoed {
  readonly client: { nextLine(): Promise<string | Uint8Array>; write(item: string | Uint8Array): void }
}

async function echoesAndFails({ client }: Echoed): Promise<void> {
  client.write(await client.nextLine())
  throw new Error('on purpose')
}

test('a program says in its own words what is wrong with a line, a client, or the service itself', async () => {
  const clock = new FakeClock()
  const service = new Service({ clock, texts: SMTP })
  service.listen(events.Connect, async ({ client }) => {
    if ((await client.nextLine()) === 'fail') throw new Error('on purpose')
  })
  service.listen(events.Receive, ({ client, data }) => client.write(`250 ${data}`))
  await running(
    service,
    async () => {
      const one = await connect(service)
      one.write('x'.repeat(21), 'EHLO', 'NOOP')
      assert.is(await one.nextLine(), '500 5.5.6 Line too long (20)')
      assert.is(await one.nextLine(), '250 NOOP')
      assert.equal(await rest(await connect({ port: portOf(service) })), ['421 4.3.2 Too many connections'])
      await clock.advance(60_000)
      assert.equal(await rest(one), ['421 4.4.2 Nothing for 60000 ms'])
      const other = await connect(service)
      other.write('fail')
      assert.equal(await rest(other), ['451 4.3.0 Internal error'])
    },
    { maxConnections: 1, maxLineLength: 20, idleTimeout: 60_000 },
  )
})

test('an empty text says nothing, and the client is closed all the same', async () => {
  const service = new Service({ texts: { full: '', failed: '', lineTooLong: () => '' } })
  service.listen(events.Connect, echoesAndFails)
  await running(
    service,
    async () => {
      const one = await connect(service)
      assert.equal(await rest(await connect({ port: portOf(service) })), [])
      one.write('x'.repeat(21), 'short')
      assert.equal(await rest(one), ['short'])
    },
    { maxConnections: 1, maxLineLength: 20 },
  )
})

test('bytes get no words of the service in their midst', async () => {
  const clock = new FakeClock()
  const service = new Service<object, Uint8Array>({ clock })
  service.listen(events.Connect, echoesAndFails)
  await running(
    service,
    async () => {
      const silent = await connect(service, { raw: true })
      assert.equal(await rest(await connect({ port: portOf(service), raw: true })), [])
      await clock.advance(60_000)
      assert.equal(await rest(silent), [])
      const failing = await connect(service, { raw: true })
      failing.write(Buffer.from([1, 2]))
      assert.equal(Buffer.concat(await rest(failing)), Buffer.from([1, 2]))
    },
    { raw: true, maxConnections: 1, connectTimeout: 60_000 },
  )
})

test('what a restart makes it say is said in its own words, too', async () => {
  const stage = new Stage(
    () => {
      const service = new Service({ texts: { restarting: 'Bis gleich.' } })
      service.listen(events.Connect, async ({ client }) => client.write(await client.ask('Name: ')))
      return service
    },
    { onRestart: 'disconnect' },
  )
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  await ann.sees('Name: ')
  await stage.restart()
  await ann.sees('Bis gleich.')
  await stage.stop()
})

test.run()
