/**
 * Peers as they should not be, at a whole service: what they send never keeps the traffic going, costs memory, or anybody
 * else a turn.
 */
import { once } from 'node:events'
import type net from 'node:net'
import { events, Service, type StartOptions } from 'mara-ts'
import { password } from 'mara-ts/prompts'
import { FakeClock } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { memoryInUse } from '../support/gc.js'
import { Peer } from '../support/peer.js'
import { running, turns } from '../support/service.js'
import { DO, DONT, dial, IAC, plainWire, WILL, WONT } from './wire.js'

const contrary = suite('contrary peers')

/** Whatever can make a service talk telnet; it says a fence when told to, and is deaf to all else. */
function talker(): Service {
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    for (let i = 0; i < 5; i++) await password(client, { message: `Password ${i}: ` })
    client.prompt(`${client.terminal.type ?? 'unknown'}: `)
  })
  service.listen(events.Receive, ({ client, data }) => {
    if (data.startsWith('fence')) client.write(data)
  })
  return service
}

/** What a peer says to a verb; undefined: nothing. */
type Answer = (verb: number, option: number) => number | undefined

const ANSWERS: [string, Answer][] = [
  ['says nothing', () => undefined],
  ['refuses everything', (verb) => (verb === WILL ? DONT : verb === DO ? WONT : undefined)],
  [
    'agrees to everything, on and off',
    (verb) => ({ [WILL]: DO, [DO]: WILL, [WONT]: DONT, [DONT]: WONT })[verb],
  ],
  [
    'answers WILL and WONT with DONT, the rest with WONT (nc -t)',
    (verb) => (verb === WILL || verb === WONT ? DONT : WONT),
  ],
  ['agrees, and at once goes back on it', (verb) => (verb === WILL ? DO : verb === DO ? WILL : undefined)],
]

for (const telnetOffers of ['when-needed', 'at-connect', 'never'] as const) {
  for (const [name, answer] of ANSWERS) {
    contrary(`with a peer that ${name} the traffic stops by itself; offers ${telnetOffers}`, () =>
      running(
        talker(),
        async (service) => {
          const socket = await dial(service)
          const fences = new Fences(socket)
          const wire = plainWire(socket, {
            text: () => {},
            negotiation(verb, option) {
              const back = answer(verb, option)
              if (back === undefined) return
              wire.negotiate(back, option)
              if (name.includes('goes back')) wire.negotiate(back === DO ? DONT : WONT, option)
            },
            subnegotiation: () => {},
            command: () => {},
            ended: () => {},
          })
          for (let i = 0; i < 5; i++) wire.text('secret\r\n')
          await fences.silence()
          socket.destroy()
        },
        // No limit that would stop what does not stop by itself.
        { telnetOffers, maxTelnetReplies: 1_000_000 },
      ),
    )
  }

  contrary(`with a peer that mirrors every byte the traffic stops by itself; offers ${telnetOffers}`, () =>
    running(
      talker(),
      async (service) => {
        const socket = await dial(service)
        const fences = new Fences(socket)
        // Once a fence is back it is not sent again: that would be a conversation of its own.
        socket.on('data', (bytes) => {
          if (!bytes.includes('fence')) socket.write(bytes)
        })
        for (let i = 0; i < 5; i++) socket.write('secret\r\n')
        await fences.silence()
        socket.destroy()
      },
      { telnetOffers },
    ),
  )
}

/** Lines there and back: by them it is known that nothing else is on its way. */
class Fences {
  readonly #socket: net.Socket
  #received = ''
  #wake: () => void = () => {}

  constructor(socket: net.Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1')
      this.#wake()
    })
  }

  /** Waits until several fences in a row come back with nothing between them. */
  async silence(): Promise<void> {
    let quiet = 0
    for (let i = 0; i < 200; i++) {
      const fence = `fence ${i}\r\n`
      this.#received = ''
      this.#socket.write(`\r\n${fence}`)
      while (!this.#received.includes(fence)) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
      // What the service was answered before the fence, it has answered before the next.
      quiet = this.#received === fence ? quiet + 1 : 0
      if (quiet === 5) return
    }
    assert.unreachable(`still talking: ${JSON.stringify(this.#received)}`)
  }
}

/** Runs `body` beside an honest client, who must be answered all the time. */
function withHonest(
  body: (service: Service, honest: () => Promise<void>, limits: string[]) => Promise<void>,
  options: StartOptions = {},
  clock = new FakeClock(),
): Promise<void> {
  const service = new Service({ clock })
  const limits: string[] = []
  service.listen(events.LimitExceeded, ({ limit }) => void limits.push(limit))
  service.listen(events.Receive, ({ client, data }) => client.write(data))
  return running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      let count = 0
      await body(
        service,
        async () => {
          count += 1
          peer.send(`honest ${count}\r\n`)
          assert.is(await peer.line(), `honest ${count}`)
        },
        limits,
      )
      peer.destroy()
      await turns()
    },
    options,
  )
}

/** Sends all of `bytes` again and again, `times` in all, no faster than they are taken. */
async function pour(socket: net.Socket, bytes: Uint8Array, times: number, between: () => Promise<void>) {
  for (let i = 0; i < times; i++) {
    if (!socket.write(bytes)) await once(socket, 'drain')
    await between()
  }
}

/** Bytes of what the service asks whoever turns out to speak telnet: six options. */
const OFFERS = 18

const REQUESTS = Buffer.concat(
  Array.from({ length: 10_000 }, (_, i) => Uint8Array.of(IAC, DO, 43 + (i % 190))),
)

contrary(
  'a million requests get no more replies than the limit allows, and the memory stays flat (rule 19)',
  () => {
    const clock = new FakeClock()
    return withHonest(
      async (service, honest, limits) => {
        const socket = await dial(service)
        let received = 0
        let isOver = false
        socket.on('data', (chunk) => {
          received += chunk.length
          isOver ||= chunk.includes('end')
        })
        const before = await memoryInUse()
        const poured = pour(socket, REQUESTS, 100, async () => {}).then(() => socket.write('end\r\n'))
        let seconds = 1
        for (; !isOver; seconds += 1) {
          await honest()
          // A peer that floods the service is read on when a second has passed.
          await clock.advance(1_000)
        }
        await poured
        assert.ok(received > 100 * 3 * 10, String(received))
        assert.ok(received <= OFFERS + 100 * 3 * seconds + 5, `${received} in ${seconds} s`)
        assert.ok(limits.includes('maxTelnetReplies'))
        assert.ok((await memoryInUse()) - before < 4e6)
        socket.destroy()
      },
      {},
      clock,
    )
  },
)

contrary(
  'a peer that makes the service reply and never reads is not read either, and loses nothing by it',
  () =>
    withHonest(
      async (service, honest, limits) => {
        const socket = await dial(service)
        socket.pause()
        const before = await memoryInUse()
        // More than the system buffers on both ways, and far more than the service may hold.
        const total = 400
        let taken = 0
        const poured = pour(socket, REQUESTS, total, async () => {
          taken += 1
        })
        let stood = 0
        for (let last = -1; stood < 20; ) {
          await honest()
          stood = taken === last ? stood + 1 : 0
          last = taken
        }
        assert.ok(taken < total, 'it is read no more')
        assert.ok((await memoryInUse()) - before < 8e6)
        assert.equal(limits, [])
        let received = 0
        socket.on('data', (chunk) => {
          received += chunk.length
        })
        socket.resume()
        await poured
        while (received < OFFERS + total * REQUESTS.length) await once(socket, 'data')
        await honest()
        assert.is(received, OFFERS + total * REQUESTS.length)
        socket.destroy()
      },
      { maxTelnetReplies: 1_000_000_000, maxTelnetEvents: 1_000_000_000 },
    ),
)

contrary(
  'a subnegotiation that never ends is dropped, told once, and lets the text after it through (rule 19)',
  () =>
    withHonest(async (service, honest, limits) => {
      const peer = await Peer.connect(service)
      peer.send('before\r\n')
      assert.is(await peer.line(), 'before')
      const before = await memoryInUse()
      peer.send(Uint8Array.of(IAC, 250, 24, 0))
      await pour(peer.socket, Buffer.alloc(64 * 1024, 'x'), 160, honest)
      assert.ok((await memoryInUse()) - before < 4e6)
      assert.equal(limits, ['maxSubnegotiation'])
      // From eight times the limit on, a line feed ends it.
      peer.send('swallowed\nafter\r\n')
      assert.is((await peer.until('after\r\n')).slice(OFFERS), 'after\r\n')
      peer.destroy()
    }),
)

contrary('subnegotiations by the thousand, whole ones and too long ones, cost nobody anything', () =>
  withHonest(async (service, honest, limits) => {
    const peer = await Peer.connect(service)
    const one = (option: number, length: number): Buffer =>
      Buffer.concat([Uint8Array.of(IAC, 250, option), Buffer.alloc(length, 'y'), Uint8Array.of(IAC, 240)])
    const some = Buffer.concat([one(24, 40), one(39, 8192), one(31, 4), one(42, 9000), one(200, 3)])
    const before = await memoryInUse()
    await pour(peer.socket, some, 500, honest)
    peer.send('end\r\n')
    assert.match(await peer.until('end\r\n'), /end\r\n$/)
    assert.ok((await memoryInUse()) - before < 4e6)
    assert.is(limits.filter((limit) => limit === 'maxSubnegotiation').length, 500)
    peer.destroy()
  }),
)

contrary.run()
