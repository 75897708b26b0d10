import { type Client, ClientContainer, type Connection, connect, events, Service } from 'mara-ts'
import { bold, red } from 'mara-ts/styles'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { Records } from '../support/records.js'
import { deferred, running, turns } from '../support/service.js'

interface Guest {
  name?: string
}

/** A service with three guests, and what each of them reads. */
async function withGuests(
  body: (service: Service<Guest>, read: (index: number) => Promise<string>) => Promise<void>,
): Promise<void> {
  await running(new Service<Guest>(), async (service) => {
    const guests: Connection[] = []
    for (let i = 0; i < 3; i++) guests.push(await connect(service))
    await turns()
    for (const [i, client] of [...service.clients].entries()) client.state.name = 'abc'[i] as string
    await body(service, (index) => (guests[index] as Connection).nextLine())
    for (const guest of guests) guest.destroy()
  })
}

test('a container whose delete() throws keeps no client from leaving the others, and the log says so', async () => {
  class Room extends ClientContainer {
    override delete(): boolean {
      throw new Error('locked')
    }
  }
  const service = new Service()
  const records = new Records()
  const [room, street] = [new Room(), new ClientContainer()]
  const gone = deferred()
  service.listen(events.Connect, ({ client }) => void room.add(client))
  service.listen(events.Connect, ({ client }) => void street.add(client))
  service.listen(events.Disconnect, () => gone.resolve())
  await running(
    service,
    async () => {
      const guest = await connect(service)
      await turns()
      void guest.close()
      await gone.promise
      assert.is(street.size, 0)
    },
    { log: records },
  )
  assert.match(records.problems.map(({ message }) => message).join(), /could not let go of Client #1.*locked/)
})

test('clients stand in the order in which they connected', async () => {
  await withGuests(async (service) => {
    const clients = [...service.clients]
    assert.equal(
      clients.map(({ state }) => state.name),
      ['a', 'b', 'c'],
    )
    assert.is(service.clients.size, 3)
    const [first] = clients as [Client<Guest>]
    assert.is(service.clients.get(first.id), first)
    assert.ok(service.clients.has(first))
    assert.is(service.clients.get(-1), undefined)
  })
})

test('write reaches one client or several', async () => {
  await withGuests(async (service, read) => {
    const [a, b, c] = [...service.clients] as [Client<Guest>, Client<Guest>, Client<Guest>]
    service.write(a, 'for a')
    service.write([b, c], 'for b and c', 'twice')
    service.writeAll('end')
    assert.equal([await read(0), await read(0)], ['for a', 'end'])
    for (const i of [1, 2])
      assert.equal([await read(i), await read(i), await read(i)], ['for b and c', 'twice', 'end'])
  })
})

test('whoever is written to, or left out, may be of any state: only who chooses clients needs to know it', async () => {
  await withGuests(async (service, read) => {
    const others = new ClientContainer()
    const tell = (client: Client): void => {
      service.write(client, 'you')
      service.writeAll('the others', { exclude: client })
      service.writeAll('nobody', { exclude: others, filter: ({ state }) => state.name === 'b' })
      service.write(others, 'some')
    }
    const [a, b, c] = [...service.clients] as [Client<Guest>, Client<Guest>, Client<Guest>]
    others.add(b).add(c)
    tell(a)
    service.writeAll('end')
    assert.equal([await read(0), await read(0)], ['you', 'end'])
    for (const i of [1, 2])
      assert.equal([await read(i), await read(i), await read(i)], ['the others', 'some', 'end'])
  })
})

test('writeAll leaves out whom exclude, filter and filterAll leave out', async () => {
  await withGuests(async (service, read) => {
    const [a, b] = [...service.clients] as [Client<Guest>, Client<Guest>]
    service.writeAll('not a', { exclude: a })
    service.writeAll('not a, b', { exclude: [a, b] })
    service.writeAll('only b', { filter: ({ state }) => state.name === 'b' })
    service.filterAll = ({ state }) => state.name !== 'c'
    service.writeAll('not c')
    service.writeAll('neither b nor c', { filter: ({ state }) => state.name !== 'b' })
    service.filterAll = undefined
    service.writeAll('end')
    const heard = async (index: number): Promise<string[]> => {
      const lines = []
      for (let line = await read(index); line !== 'end'; line = await read(index)) lines.push(line)
      return lines
    }
    assert.equal(await heard(0), ['not c', 'neither b nor c'])
    assert.equal(await heard(1), ['not a', 'only b', 'not c'])
    assert.equal(await heard(2), ['not a', 'not a, b'])
  })
})

test('a client that is leaving is among the clients until just before Disconnect', async () => {
  const service = new Service()
  const seen: number[] = []
  service.listen(events.Receive, () => void seen.push(service.clients.size))
  service.listen(events.Disconnect, () => void seen.push(service.clients.size))
  await running(service, async () => {
    const peer = await Peer.connect(service)
    peer.send('last words\r\n')
    peer.end()
    await peer.closed
    assert.equal(seen, [1, 0])
  })
})

test("a program fills containers of its own, such as a room's people; whoever goes leaves them by itself", async () => {
  const service = new Service<Guest>()
  const people = new ClientContainer<Guest>()
  let left: number | undefined
  service.listen(events.Disconnect, ({ client }) => {
    left ??= people.size
    people.add(client)
  })
  await running(service, async () => {
    const guests = [await connect(service), await connect(service), await connect(service)]
    await turns()
    const [a, b, c] = [...service.clients] as [Client<Guest>, Client<Guest>, Client<Guest>]
    people.add(b).add(a).add(b)
    assert.equal([...people], [b, a])
    assert.not.ok(people.has(c))
    people.writeAll('hello', { exclude: a })
    assert.is(await (guests[1] as Connection).nextLine(), 'hello')
    assert.ok(people.delete(a))
    assert.not.ok(people.delete(a))
    people.add(c)
    await (guests[1] as Connection).close()
    await turns()
    assert.is(left, 1)
    // Even one that is added in its own Disconnect is not kept.
    assert.equal([...people], [c])
    people.clear()
    assert.is(people.size, 0)
  })
})

test('clients of several services stand side by side in one container, though their ids are the same', async () => {
  const people = new ClientContainer<Guest>()
  await running(new Service<Guest>(), (one) =>
    running(new Service<Guest>(), async (other) => {
      const guests = [await connect(one), await connect(other)]
      await turns()
      for (const client of [...one.clients, ...other.clients]) people.add(client)
      assert.is(people.size, 2)
      people.writeAll('hello')
      for (const guest of guests) assert.is(await guest.nextLine(), 'hello')
      const [first, second] = [...people] as [Client<Guest>, Client<Guest>]
      assert.is(first.id, second.id)
      people.delete(first)
      assert.not.ok(people.has(first))
      assert.ok(people.has(second))
      assert.equal([...people.add(second)], [second])
    }),
  )
  assert.is(people.size, 0)
})

test('a broadcast is encoded once for all who read the same bytes', async () => {
  await withGuests(async (service, read) => {
    let encoded = 0
    const from = Buffer.from
    Buffer.from = ((...args: Parameters<typeof from>) => {
      if (String(args[0]).startsWith('count me')) encoded += 1
      return from(...args)
    }) as typeof from
    try {
      service.writeAll('count me')
      for (const i of [0, 1, 2]) assert.is(await read(i), 'count me')
    } finally {
      Buffer.from = from
    }
    assert.is(encoded, 1)
  })
})

test('a styled broadcast looks as each screen can show it, and plain where nothing is known', async () => {
  await running(new Service(), async (service) => {
    const plain = await Peer.connect(service)
    const colourful = await Peer.connect(service)
    // It speaks telnet: WILL TTYPE, and says that it is an xterm with 256 colours.
    colourful.send(Uint8Array.of(255, 251, 24))
    await colourful.until('\xff\xfa\x18\x01\xff\xf0')
    colourful.send(Buffer.from('\xff\xfa\x18\x00xterm-256color\xff\xf0', 'latin1'))
    while (![...service.clients].some(({ terminal }) => terminal.type === 'xterm-256color')) await turns()
    service.writeAll(bold('loud ', red('news')), { newline: true })
    assert.is(await plain.line(), 'loud news')
    // What telnet said meanwhile stands before the line.
    assert.ok((await colourful.line()).endsWith('\x1b[1mloud \x1b[31mnews\x1b[0m'))
    plain.destroy()
    colourful.destroy()
  })
})

test('bytes in a broadcast go out as they are, with 0xFF doubled where telnet is spoken', async () => {
  const service = new Service()
  await running(service, async () => {
    const peer = await Peer.connect(service)
    while (service.clients.size === 0) await turns()
    service.writeAll(Uint8Array.of(1, 255, 2), '!')
    assert.is(await peer.line(), '\x01\xff\xff\x02!')
    peer.destroy()
  })
})

test.run()
