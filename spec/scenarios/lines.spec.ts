/** Several lines in a packet, packets that end anywhere, and peers that leave before their lines are handled. */
import { once } from 'node:events'
import { type Client, events, Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { deferred, running, turns } from '../support/service.js'
import { hasRead, isClosed, serverSocket } from '../support/sockets.js'

const test = suite('lines')
const plain = { telnet: false }

/** A service that notes all that happens to its clients, and answers each line. */
function noting(): { service: Service; notes: string[] } {
  const service = new Service()
  const notes: string[] = []
  service.listen(events.Connect, () => void notes.push('Connect'))
  service.listen(events.Receive, ({ client, data }) => {
    notes.push(`Receive ${data}`)
    client.write(`got ${data}`)
  })
  service.listen(events.Disconnect, () => void notes.push('Disconnect'))
  return { service, notes }
}

test('three lines in one packet are three Receives, in order (rule 13)', () => {
  const { service, notes } = noting()
  return running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      peer.send('one\r\ntwo\r\nthree\r\n')
      assert.equal(await peer.lines(3), ['got one', 'got two', 'got three'])
      assert.equal(notes, ['Connect', 'Receive one', 'Receive two', 'Receive three'])
      peer.destroy()
    },
    plain,
  )
})

/** A login that asks for three lines in a way of its own; what it leaves goes to Receive. */
const logins: Record<string, (service: Service) => void> = {
  'an async function': (service) =>
    service.listen(events.Connect, async ({ client }) => {
      const lines = [await client.nextLine(), await client.nextLine(), await client.nextLine()]
      client.write(`login ${lines.join('|')}`)
    }),
  'a loop': (service) =>
    service.listen(events.Connect, async ({ client }) => {
      const lines: string[] = []
      for await (const line of client) if (lines.push(line) === 3) break
      client.write(`login ${lines.join('|')}`)
    }),
  'a generator': (service) =>
    service.listen(events.Connect, function* ({ client }): Generator<undefined, void, string> {
      const lines = [yield, yield, yield]
      client.write(`login ${lines.join('|')}`)
    }),
  'three handlers': (service) => {
    const lines = new WeakMap<Client, string[]>()
    for (let i = 0; i < 3; i++) {
      service.listen(events.Connect, async ({ client }) => {
        const mine = lines.get(client as Client) ?? []
        lines.set(client as Client, [...mine, await client.nextLine()])
        if (i === 2) client.write(`login ${lines.get(client as Client)?.join('|')}`)
      })
    }
  },
}

// The characters of two and four bytes are cut in the middle, too.
const text = Buffer.from('a\r\nb\u00fc\r\n\u{1f600}\r\nd\r\n')
const expected = [`login ${Buffer.from('a|b\u00fc|\u{1f600}').toString('latin1')}`, 'received d']

for (const [kind, listen] of Object.entries(logins)) {
  const service = new Service()
  listen(service)
  service.listen(events.Receive, ({ client, data }) => client.write(`received ${data}`))

  test(`${kind} that awaits three lines leaves the fourth of a packet to Receive (rule 13)`, () =>
    running(
      service,
      async () => {
        const peer = await Peer.connect(service)
        peer.send(text)
        assert.equal(await peer.lines(2), expected)
        peer.end()
        assert.is(await peer.rest(), '')
      },
      plain,
    ))

  test(`${kind} that awaits three lines does so wherever the packet is cut (rule 13)`, () =>
    running(
      service,
      async () => {
        for (let cut = 1; cut < text.length; cut++) {
          const peer = await Peer.connect(service)
          const socket = await serverSocket(peer)
          peer.send(text.subarray(0, cut))
          await hasRead(socket, cut)
          peer.send(text.subarray(cut))
          assert.equal(await peer.lines(2), expected, `cut at byte ${cut}`)
          peer.end()
          assert.is(await peer.rest(), '', `cut at byte ${cut}`)
        }
      },
      plain,
    ))
}

test('a packet a byte gives the same lines (rule 13)', () => {
  const { service, notes } = noting()
  return running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      const socket = await serverSocket(peer)
      for (let i = 0; i < text.length; i++) {
        peer.send(text.subarray(i, i + 1))
        await hasRead(socket, i + 1)
      }
      await peer.lines(4)
      peer.end()
      assert.is(await peer.rest(), '')
      assert.equal(notes, [
        'Connect',
        'Receive a',
        'Receive b\u00fc',
        'Receive \u{1f600}',
        'Receive d',
        'Disconnect',
      ])
    },
    plain,
  )
})

const whole = ['Connect', 'Receive one', 'Receive two', 'Receive three', 'Disconnect']

test('a peer that sends three lines and says goodbye at once has all handled, then one Disconnect (rule 12)', () => {
  const { service, notes } = noting()
  return running(
    service,
    async () => {
      for (let round = 0; round < 20; round++) {
        notes.length = 0
        const peer = await Peer.connect(service)
        peer.socket.end('one\r\ntwo\r\nthree\r\n')
        assert.is(await peer.rest(), 'got one\r\ngot two\r\ngot three\r\n')
        await isClosed(peer.socket)
        assert.equal(notes, whole)
      }
    },
    plain,
  )
})

test('a peer that says goodbye in the middle of a line has its whole lines handled, and no more (rule 12)', () => {
  const { service, notes } = noting()
  return running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      peer.socket.end('one\r\ntwo\r\nthree\r\nfou')
      await peer.rest()
      await isClosed(peer.socket)
      assert.equal(notes, whole)
    },
    plain,
  )
})

for (const [way, vanish] of [
  ['resets', (peer: Peer) => void peer.socket.resetAndDestroy()],
  ['closes', (peer: Peer) => void peer.socket.destroy()],
] as const) {
  test(`a peer that ${way} while its first line is handled has the others handled, then one Disconnect (rule 12)`, () => {
    const service = new Service()
    const notes: string[] = []
    const begun = deferred()
    const over = deferred()
    const gone = deferred()
    service.listen(events.Connect, () => void notes.push('Connect'))
    service.listen(events.Receive, async ({ client, data }) => {
      notes.push(`Receive ${data}`)
      begun.resolve()
      await over.promise
      client.write('to nobody')
      notes.push(`connected: ${client.connected}`)
    })
    service.listen(events.Disconnect, () => {
      notes.push('Disconnect')
      gone.resolve()
    })
    return running(
      service,
      async () => {
        const peer = await Peer.connect(service)
        const socket = await serverSocket(peer)
        peer.send('one\r\ntwo\r\nthree\r\n')
        await begun.promise
        await hasRead(socket, 17)
        vanish(peer)
        // A close is a FIN to the service, which goes on writing until it is told better.
        if (way === 'resets') await isClosed(socket)
        else await once(socket, 'end')
        over.resolve()
        await gone.promise
        await isClosed(socket)
        const handled = notes.filter((note) => !note.startsWith('connected'))
        assert.equal(handled, whole)
        if (way === 'resets') assert.is(notes.filter((note) => note === 'connected: false').length, 3)
        assert.is(service.clients.size, 0)
      },
      plain,
    )
  })
}

test('a line goes to whoever waits for it first, whoever that is, and to Receive only when nobody does (rule 10)', () => {
  const service = new Service()
  const notes: string[] = []
  service.listen(events.Connect, ({ client }) => {
    // Nobody awaits these two; the handler is over, and the session waits for lines as well.
    for (const name of ['first', 'second']) {
      void client.nextLine().then((line) => {
        notes.push(`${name} ${line}`)
        if (name === 'second') client.write('both')
      })
    }
  })
  service.listen(events.Receive, ({ client, data }) => {
    notes.push(`Receive ${data}`)
    client.write('received')
  })
  return running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      peer.send('one\r\n')
      while (notes.length === 0) await turns(1)
      peer.send('two\r\nthree\r\n')
      assert.equal(await peer.lines(2), ['both', 'received'])
      assert.equal(notes, ['first one', 'second two', 'Receive three'])
      peer.destroy()
    },
    plain,
  )
})

test('what one types steers no other terminal: control characters are stripped, TAB apart (rule 14)', () => {
  const service = new Service()
  service.listen(events.Receive, ({ data }) => service.writeAll(data))
  return running(
    service,
    async () => {
      const other = await Peer.connect(service)
      await serverSocket(other)
      const peer = await Peer.connect(service)
      const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
      const sent = all.filter((letter) => letter !== '\r' && letter !== '\n').join('')
      peer.send(`${sent}\x1b[31mred\x1b]0;title\x07\r\n`)
      const printable = all.filter((letter) => letter === '\t' || /\P{Cc}/u.test(letter)).join('')
      const line = Buffer.from(await other.line(), 'latin1').toString('utf8')
      assert.is(line, `${printable}[31mred]0;title`)
      for (const each of [peer, other]) each.destroy()
    },
    plain,
  )
})

test.run()
