import { ExpectError, events, InvalidOptionError, Service } from 'mara-ts'
import { connectAs, connectTo, personas, Transcript, UnexpectedTextError } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Stage } from '../../lib/testing/stage.js'
import { rejection, running } from '../support/service.js'

interface Guest {
  name?: string
}

function chat(): Service<Guest> {
  const service = new Service<Guest>()
  service.filterAll = ({ state }) => state.name !== undefined
  service.listen(events.Connect, async ({ client }) => {
    const name = await client.ask('Name: ')
    client.write(`Welcome, ${name}.`)
    service.writeAll(`${name} has connected.`)
    client.state.name = name
  })
  service.listen(events.Receive, ({ client, data }) => {
    service.writeAll(`${client.state.name}: ${data}`)
  })
  service.listen(events.Disconnect, ({ client }) =>
    service.writeAll(`${client.state.name} has left.`, { exclude: client }),
  )
  return service
}

test('options that are undefined are the defaults', async () => {
  await running(chat(), async (service) => {
    const options = { name: undefined, transcript: undefined, patience: undefined }
    const ann = await connectTo(service, options)
    const bob = await connectAs(personas.netcat, service, { ...options, columns: undefined, rows: undefined })
    for (const somebody of [ann, bob]) await somebody.sees('Name: ')
    assert.equal([ann.name, bob.name], ['the client', 'netcat'])
  })
})

test('a patience that is none is refused at once', async () => {
  await running(chat(), async (service) => {
    for (const patience of [Number.NaN, -1, '5' as never]) {
      for (const connecting of [
        connectTo(service, { patience }),
        connectAs(personas.putty, service, { patience }),
      ]) {
        assert.match(
          String(await rejection(connecting)),
          /InvalidOptionError: connect(To|As)\(\) got patience/,
        )
      }
    }
    assert.is(service.clients.size, 0)
  })
})

test('what is no telnet client, no target and no option is refused by name', async () => {
  await running(chat(), async (service) => {
    const wrong: [unknown, unknown, unknown, RegExp][] = [
      ['putty', service, undefined, /got manners: putty .*personas\.putty/],
      [undefined, service, undefined, /got manners: undefined/],
      [personas.putty, null, undefined, /got target: null/],
      [personas.putty, {}, undefined, /got target: \{\}/],
      [personas.putty, service, null, /got options: null/],
      [personas.putty, service, { patiens: 5 }, /got patiens: 5 .*one of these options: name/],
    ]
    for (const [manners, target, options, message] of wrong) {
      const error = await rejection(connectAs(manners as never, target as never, options as never))
      assert.instance(error, InvalidOptionError)
      assert.match((error as Error).message, message)
    }
    assert.is(service.clients.size, 0)
  })
})

test('people type, see and do not see, and it is written down in its order', async () => {
  await running(chat(), async (service) => {
    const transcript = new Transcript()
    const ann = await connectTo(service, { name: 'ann', transcript })
    await ann.sees('Name: ')
    ann.type('Ann')
    await ann.sees('Welcome, Ann')
    const bob = await connectTo(service, { name: 'bob', transcript })
    await bob.sees('Name:')
    ann.type('anybody?')
    await ann.sees('Ann: anybody?')
    await bob.seesNothing()
    bob.type('Bob', 'me')
    await bob.sees(/Welcome, (\w+)/, 'Bob: me')
    await ann.sees('Bob has connected', 'Bob: me')
    await ann.seesNothing()
    await bob.seesNothing()
    await bob.leave()
    await ann.sees('Bob has left')
    assert.match(ann.seen, 'Bob: me\n')
    assert.not.match(bob.seen, 'anybody')
    await ann.leave()
    assert.is(
      String(transcript),
      `
ann < Name:
ann > Ann
ann < Welcome, Ann.
bob < Name:
ann > anybody?
ann < Ann: anybody?
bob > Bob
bob > me
bob < Welcome, Bob.
bob < Bob: me
ann < Bob has connected.
ann < Bob: me
ann < Bob has left.`.trim(),
    )
  })
})

test('what is not seen is an error that shows what is', async () => {
  await running(chat(), async (service) => {
    await using ann = await connectTo(service, { patience: 30 })
    await ann.connection.lookFor('Name: ')
    const error = (await rejection(ann.sees('Password: '))) as ExpectError
    assert.instance(error, ExpectError)
    assert.match(error.message, /within \d+ ms/)
    assert.match(error.message, 'Name: ◀')
  })
})

test('what is seen where there should be nothing is an error that shows it', async () => {
  await running(chat(), async (service) => {
    await using ann = await connectTo(service, { name: 'ann' })
    ann.type('Ann', 'hello')
    await ann.sees('Welcome')
    const error = (await rejection(ann.seesNothing())) as UnexpectedTextError
    assert.instance(error, UnexpectedTextError)
    assert.is(error.received, 'Ann: hello\n')
    assert.match(
      error.message,
      'Expected that ann sees nothing.\nArrived instead, the end marked ◀:\n  Ann: hello\\n',
    )
    await ann.sees('Ann: hello')
    await ann.seesNothing()
  })
})

/** Tells all others of a shout, and says nothing to all else. */
function square(): Service {
  const service = new Service()
  service.listen(events.Receive, ({ client, data }) => {
    if (data === 'shout') service.writeAll('SHOUT', { exclude: client })
  })
  return service
}

const MANY = [...Array.from({ length: 5_000 }, () => 'x'), 'shout']

test('nothing is there only once all that anybody has typed is handled, however much that is', async () => {
  await running(square(), async (service) => {
    await using ann = await connectTo(service)
    await using bob = await connectTo(service)
    await using cat = await connectAs(personas.netcat, service)
    ann.type(...MANY)
    for (const person of [bob, cat]) {
      const error = (await rejection(person.seesNothing())) as UnexpectedTextError
      assert.instance(error, UnexpectedTextError)
      assert.match(error.received, /^SHOUT\r?\n$/)
    }
    await ann.seesNothing()
  })
})

test('so it is where processes may be replaced', async () => {
  const stage = new Stage(square)
  await stage.start()
  const [ann, bob] = [await connectTo(stage), await connectTo(stage)]
  ann.type(...MANY)
  assert.instance(await rejection(bob.seesNothing()), UnexpectedTextError)
  await Promise.all([ann.leave(), bob.leave()])
  await stage.stop()
})

test('a service that never comes to rest is waited for as long as for what is seen, and no longer', async () => {
  const service = square()
  let goesOn = true
  const tick = (): void => {
    service.write([...service.clients].slice(0, 1), 'tick')
    if (goesOn) setImmediate(tick)
  }
  await running(service, async () => {
    await using ann = await connectTo(service)
    await using bob = await connectTo(service, { patience: 30 })
    ann.type('x')
    tick()
    await bob.seesNothing()
    goesOn = false
    await ann.sees('tick')
  })
})

test('somebody may connect by an address, too', async () => {
  await running(chat(), async (service) => {
    await using ann = await connectTo(service.address as { port: number })
    await ann.sees('Name: ')
  })
})

test('a line is read to its end, a prompt as far as it has come', async () => {
  await running(chat(), async (service) => {
    await using ann = await connectTo(service)
    await ann.sees('Na')
    await ann.sees('me: ')
    ann.type('Ann')
    await ann.sees('Wel')
    await ann.seesNothing()
  })
})

test.run()
