// What a program in plain JavaScript gets wrong, and TypeScript would have found. It is said at once, and by name.
import { connect, events, InvalidOptionError, memory, Service, tcp, tls, unix, websocket } from 'mara-ts'
import { Command } from 'mara-ts/contrib/commands'
import { Store, Stores } from 'mara-ts/storage'
import { lines } from 'mara-ts/streams'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rejection, running } from '../support/service.js'

// biome-ignore lint/suspicious/noExplicitAny: that is what this is about
const any = (value: unknown): any => value

const MADE: [what: string, make: () => unknown, message: RegExp][] = [
  [
    'new Service',
    () => new Service(any({ seting: {} })),
    /new Service.. got seting: .* one of these options: settings/,
  ],
  ['tcp', () => tcp(any({ prt: 9000 })), /tcp.. got prt: 9000/],
  ['unix', () => unix(any({ path: '/tmp/x', mode: 5 })), /unix.. got mode: 5/],
  ['tls', () => tls(any({ prt: 1, cert: 'a', key: 'b' })), /tls.. got prt: 1/],
  ['websocket', () => websocket(any({ origin: [] })), /websocket.. got origin/],
]

for (const [what, make, message] of MADE) {
  test(`${what}: an option that there is not is refused`, () => {
    assert.throws(make, (error: Error) => error instanceof InvalidOptionError && message.test(error.message))
  })
}

const SWITCHES: [what: string, make: () => unknown, message: RegExp][] = [
  ['new Service', () => new Service(any({ standalone: 'no' })), /new Service.. got standalone: no/],
  ['tcp', () => tcp(any({ raw: 'no' })), /tcp.. got raw: no/],
  ['unix', () => unix(any({ path: '/tmp/x', raw: 0 })), /unix.. got raw: 0/],
  ['tls', () => tls(any({ raw: 1, cert: 'a', key: 'b' })), /tls.. got raw: 1/],
  ['websocket', () => websocket(any({ raw: {} })), /websocket.. got raw/],
  ['memory', () => memory(any({ raw: null })), /memory.. got raw: null/],
  ['lines', () => lines(any([]), any({ preventCancel: 'yes' })), /lines.. got preventCancel: yes/],
]

for (const [what, make, message] of SWITCHES) {
  test(`${what}: an option that is true or false is nothing else`, () => {
    assert.throws(make, (error: Error) => error instanceof InvalidOptionError && message.test(error.message))
  })
}

test('what rejects, and asks, refuses what is neither true nor false', async () => {
  const stores = new Stores()
  class Thing extends Store.define('thing', {}) {}
  const refusals: [wrong: Promise<unknown>, message: RegExp][] = [
    [connect(any({ port: 1, telnet: 'no' })), /connect.. got telnet: no/],
    [connect(new Service(), any({ raw: 1 })), /connect.. got raw: 1/],
    [stores.manager(Thing).load('a', any({ activate: 'no' })), /load.. got activate: no/],
  ]
  for (const [wrong, message] of refusals) assert.match(String(await rejection(wrong)), message)
})

test('a command refuses options that there are not', () => {
  assert.throws(
    () => new Command('look', any({ arg: '<x>' }), () => {}),
    /there is no option arg; there are args, /,
  )
})

test('servers that are no list are refused', async () => {
  const error = await rejection(new Service().start(any({ servers: tcp() })))
  const service = new Service()
  assert.instance(await rejection(service.run(any({ servers: tcp() }))), InvalidOptionError)
  assert.is(service.status, 'stopped')
  assert.match(String(error), /A service got servers: (.|\n)* a list of servers/)
})

test('connect refuses what is no target', async () => {
  for (const target of [9000, undefined, null, {}, { prt: 9000 }]) {
    assert.match(
      String(await rejection(connect(any(target)))),
      /connect.. got target: .* a port, a path or a url/,
    )
  }
})

test('a wait for a line refuses what are no options, since it would wait for ever', async () => {
  const errors: unknown[] = []
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    for (const options of [100, { timout: 100 }]) {
      errors.push(await client.nextLine(any(options)).catch((error) => error))
    }
    for (const line of [{ a: 1 }]) {
      try {
        client.write(any(line))
      } catch (error) {
        errors.push(error)
      }
    }
    client.write('done')
  })
  await running(service, async () => {
    const ann = await connect(service)
    assert.is(await ann.nextLine(), 'done')
  })
  assert.match(String(errors[0]), /nextLine.. got options: 100 .number.; expected an object/)
  assert.match(String(errors[1]), /nextLine.. got timout: 100/)
  assert.match(String(errors[2]), /write.. got a: 1/)
})

test('text is not expected of a connection that gives bytes', async () => {
  await running(new Service(), async (service) => {
    const peer = any(await connect(service, { raw: true }))
    for (const wait of [peer.expect('a'), peer.lookFor('a'), peer.login({ user: 'a', password: 'b' })]) {
      assert.instance(await rejection(wait), InvalidOptionError)
    }
  })
})

test.run()
