// Protocols that programs bring, and servers as clients know them: over real sockets, over restarts, and where something of
// the program's own fails.
import type { Socket } from 'node:net'
import { events, lines, memoryPair, type Protocol, type Server, Service, tcp, text } from 'mara-ts'
import type { TelnetOption } from 'mara-ts/telnet'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Stage } from '../../lib/testing/stage.js'
import { loadExample } from '../support/example.js'
import { Peer } from '../support/peer.js'
import { Records } from '../support/records.js'
import { running } from '../support/service.js'

const test = suite('own-protocol')

/** The service of the example, and the server that it is run with, but on any port. */
async function example(): Promise<{ service: Service; server: Server }> {
  const { service, options } = await loadExample('netstrings.ts')
  const [server] = options.servers as readonly Server[]
  return { service, server: tcp({ port: 0, protocol: server?.protocol }) }
}

/** The example with an edge in memory. */
async function onStage(body: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = new Stage(async () => {
    const { service, server } = await example()
    stage.settings = { servers: [server] }
    return service
  })
  await stage.start()
  await body(stage)
  await stage.stop()
}

function connectTo(stage: Stage): Peer {
  const [ours, theirs] = memoryPair()
  stage.accept(theirs)
  return new Peer(ours as Socket)
}

/** A protocol whose connections fail. */
const failing: Protocol = {
  ...text,
  name: 'failing',
  open: (host, settings) =>
    Object.assign(text.open(host, settings), {
      protocol: failing,
      receive() {
        throw new Error('not understood')
      },
    }),
}

test('a protocol of a program decides what its items are, and how they go out', async () => {
  const { service, server } = await example()
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      peer.send('5:hello,3:c')
      assert.is(await peer.until(','), '13:You say hello,')
      peer.send(Buffer.from('af,6:cafés,'))
      assert.is(await peer.until(','), '11:You say caf,')
      assert.is(await peer.until(','), '14:You say caf\xc3\xa9s,')
    },
    { servers: [server] },
  )
})

for (const bad of ['hello,', '5:hello!', '99999:', '1234567890:'])
  test(`a protocol can close: who sends ${bad} is told, and the others go on`, async () => {
    const { service, server } = await example()
    await running(
      service,
      async () => {
        const other = await Peer.connect(service)
        const peer = await Peer.connect(service)
        peer.send(bad)
        assert.is(await peer.rest(), '21:This is no netstring.,')
        other.send('2:ok,')
        assert.is(await other.until(','), '10:You say ok,')
      },
      { servers: [server] },
    )
  })

for (const crash of [false, true])
  test(`clients keep the protocol of their server over ${crash ? 'a crash' : 'a restart'}, in the middle of an item`, () =>
    onStage(async (stage) => {
      const peer = connectTo(stage)
      peer.send('5:hello,5:wo')
      assert.is(await peer.until(','), '13:You say hello,')
      await stage.settle()
      await (crash ? stage.crash() : stage.restart())
      peer.send('rld,')
      assert.is(await peer.until(','), '13:You say world,')
      const [client] = stage.service.clients
      assert.is(client?.server?.protocol?.name, 'netstrings')
      peer.send('!')
      assert.is(await peer.rest(), '21:This is no netstring.,')
    }))

for (const crash of [false, true])
  test(`a client whose protocol can’t go on after ${crash ? 'a crash' : 'a restart'} is closed, and the others go on`, async () => {
    const log = new Records()
    const forgetful: Protocol = {
      ...lines,
      name: 'forgetful',
      open: (host, settings) =>
        Object.assign(lines.open(host, settings), {
          protocol: forgetful,
          save: () => 'all',
          restore() {
            throw new Error('nothing is known')
          },
        }),
    }
    const left: string[] = []
    const stage = new Stage(
      () => {
        const service = new Service()
        service.listen(events.Receive, async ({ client, data }) => {
          client.write(`${client}: ${data}`)
          client.write(`and ${await client.nextLine()}`)
        })
        service.listen(events.Disconnect, ({ client }) => void left.push(String(client)))
        return service
      },
      { servers: [tcp({ port: 0, protocol: forgetful })], log },
    )
    await stage.start()
    const [ann, ben] = [connectTo(stage), connectTo(stage)]
    ann.send('one\ntwo\n')
    assert.is(await ann.line(), 'Client #1: one')
    assert.is(await ann.line(), 'and two')
    // As a spare worker does, which is told ahead.
    await stage.prepare()
    ben.send('one\n')
    assert.is(await ben.line(), 'Client #2: one')
    await (crash ? stage.crash() : stage.restart())
    assert.equal([await ann.rest(), await ben.rest()], ['', ''])
    await stage.settle()
    assert.equal(left, ['Client #1', 'Client #2'])
    const eve = connectTo(stage)
    eve.send('one\ntwo\n')
    assert.is(await eve.line(), 'Client #3: one')
    assert.is(await eve.line(), 'and two')
    assert.equal(
      log.problems.map(({ message }) => /^Client #\d .*known/.exec(String(message))?.[0]),
      [1, 2].map(
        (id) => `Client #${id} is closed, since its protocol (forgetful) failed: Error: nothing is known`,
      ),
    )
    await stage.stop()
  })

test('a new version that has no such protocol any more goes on in its own', async () => {
  let isOld = true
  const stage = new Stage(async () => {
    if (isOld) {
      const { service, server } = await example()
      stage.settings = { servers: [server] }
      return service
    }
    const service = new Service()
    service.listen(events.Receive, ({ client, data }) => client.write(`line ${data}`))
    stage.settings = { servers: [tcp({ port: 0 })] }
    return service
  })
  await stage.start()
  const peer = connectTo(stage)
  peer.send('5:hello,5:wo')
  assert.is(await peer.until(','), '13:You say hello,')
  await stage.settle()
  isOld = false
  await stage.restart()
  peer.send('rld\r\n')
  assert.match(await peer.line(), /^line .*rld$/)
  await stage.stop()
})

test('a protocol that fails costs the one client that it fails for, and the log is told', async () => {
  const log = new Records()
  await running(
    new Service(),
    async (service) => {
      const peer = await Peer.connect(service)
      peer.send('hello\n')
      assert.is(await peer.rest(), '')
      const [problem] = log.problems
      assert.match(
        String(problem?.message),
        /^Client #1 \(127.0.0.1\) is closed, since its protocol \(failing\) failed: Error: not understood/,
      )
    },
    { servers: [tcp({ port: 0, protocol: failing })], log },
  )
})

test('so does a telnet option of the program’s own that fails', async () => {
  const log = new Records()
  const option: TelnetOption = {
    code: 201,
    name: 'GMCP',
    them: 'offer',
    subnegotiation: (payload) => JSON.parse(Buffer.from(payload).toString()),
  }
  const service = new Service({ telnetOptions: [option] })
  service.listen(events.Receive, ({ client, data }) => client.write(data))
  await running(
    service,
    async () => {
      const [peer, other] = [await Peer.connect(service), await Peer.connect(service)]
      peer.send(Buffer.from([255, 250, 201, 0x7b, 255, 240]))
      await peer.closed
      assert.match(String(log.problems[0]?.message), /its protocol \(lines\) failed: SyntaxError/)
      other.send('hello\r\n')
      assert.is(await other.line(), 'hello')
    },
    { log },
  )
})

test('a client knows the server that it came in on', async () => {
  const service = new Service()
  const [first, second] = [tcp({ port: 0 }), tcp({ port: 0, protocol: text })]
  service.listen(events.Connect, ({ client }) => client.write(client.server?.toString() ?? 'none'))
  await running(
    service,
    async () => {
      for (const server of [second, first]) {
        const peer = await Peer.connect(server.address as { host: string; port: number })
        assert.is((await peer.until('\n')).trimEnd(), String(server))
        assert.ok([...service.clients].some((client) => client.server === server))
        peer.socket.destroy()
      }
      const [ours, theirs] = memoryPair()
      service.accept(theirs)
      assert.is(await new Peer(ours as Socket).line(), 'none')
    },
    { servers: [first, second] },
  )
})

test.run()
