/** Peers that vanish: whoever waits for them is told, and nothing of them stays. */
import { getEventListeners, once } from 'node:events'
import { Socket } from 'node:net'
import { queryObjects } from 'node:v8'
import { Client, events, Handler, memoryPair, Service } from 'mara-ts'
import { FakeClock } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CountingClock } from '../support/counting-clock.js'
import { memoryInUse } from '../support/gc.js'
import { Peer } from '../support/peer.js'
import { deferred, running, turns } from '../support/service.js'
import { allClosed, isClosed } from '../support/sockets.js'

const test = suite('vanish')

type Note = (text: string) => void

/** Handlers that wait for a line that never comes, each in a way of its own. */
const stuck: Record<string, (service: Service, note: Note) => void> = {
  'an async function': (service, note) =>
    service.listen(events.Connect, async ({ client }) => {
      client.write('go')
      try {
        await client.nextLine()
      } finally {
        note('finally')
      }
      note('went on')
    }),
  'an async function with a timeout and a signal': (service, note) =>
    service.listen(events.Connect, async ({ client }) => {
      client.write('go')
      try {
        await client.nextLine({ timeout: 3_600_000, signal: new AbortController().signal })
      } finally {
        note('finally')
      }
      note('went on')
    }),
  'a generator': (service, note) =>
    service.listen(events.Connect, function* ({ client }) {
      client.write('go')
      try {
        yield
      } finally {
        note('finally')
      }
      note('went on')
    }),
  'a method of a Handler': (service, note) =>
    service.listen(
      events.Connect,
      class extends Handler<events.Connect> {
        async handler_1({ client }: events.Connect): Promise<void> {
          client.write('go')
          try {
            await client.nextLine()
          } finally {
            note('finally')
          }
        }
        handler_2(): void {
          note('went on')
        }
      },
    ),
  'a handler of Receive': (service, note) => {
    service.listen(events.Connect, ({ client }) => client.write('say something'))
    service.listen(events.Receive, async ({ client }) => {
      client.write('go')
      try {
        await client.nextLine()
      } finally {
        note('finally')
      }
      note('went on')
    })
  },
}

const vanish = {
  FIN: (peer: Peer): void => peer.destroy(),
  RST: (peer: Peer): void => void peer.socket.resetAndDestroy(),
}

for (const [kind, listen] of Object.entries(stuck)) {
  for (const [way, leave] of Object.entries(vanish)) {
    test(`${kind} that is stuck in nextLine() runs its finally when the peer vanishes by ${way}, and ends quietly (rule 12)`, async () => {
      const service = new Service()
      const notes: string[] = []
      const gone = deferred()
      listen(service, (text) => notes.push(text))
      service.listen(events.HandlerError, () => void notes.push('HandlerError'))
      service.listen(events.Disconnect, () => {
        notes.push('Disconnect')
        gone.resolve()
      })
      await running(
        service,
        async () => {
          const peer = await Peer.connect(service)
          peer.send(kind === 'a handler of Receive' ? 'something\r\n' : 'half a line')
          await peer.until('go\r\n')
          leave(peer)
          await gone.promise
          await turns()
          assert.equal(notes, ['finally', 'Disconnect'])
        },
        { telnet: false },
      )
    })
  }
}

test('what a handler does beside waiting for lines is told by client.signal (rule 12)', async () => {
  const service = new Service()
  const reason = deferred<unknown>()
  service.listen(events.Connect, async ({ client }) => {
    client.write('go')
    await once(client.signal, 'abort')
    reason.resolve(client.signal.reason)
  })
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      await peer.until('go\r\n')
      peer.socket.resetAndDestroy()
      assert.is(((await reason.promise) as Error).name, 'ClientDisconnectedError')
    },
    { telnet: false },
  )
})

const ROUNDS = 5_000
const WARM_UP = 500
const AT_ONCE = 50

/** What peers do before they vanish. */
const lives: ((peer: Peer) => Promise<void> | void)[] = [
  // Nothing; not even the prompt is read.
  () => {},
  (peer) => peer.send('in the middle of a li'),
  async (peer) => void (await peer.until('Name: ')),
  async (peer) => {
    await peer.until('Name: ')
    peer.send('in the middle of a na')
  },
  async (peer) => {
    peer.send('ann\r\nask\r\n')
    await peer.until('Well? ')
  },
  async (peer) => {
    peer.send('ann\r\nhurry\r\n')
    await peer.until('Quick! ')
  },
  async (peer) => {
    peer.send('ann\r\nwatch\r\n')
    await peer.until('Watching. ')
  },
  (peer) => peer.send('ann\r\none\r\ntwo\r\nask\r\nthree\r\nask\r\nfo'),
]

test(`nothing stays of ${ROUNDS} peers that connect and vanish: no memory, socket, timer or client`, async () => {
  const clock = new CountingClock()
  const service = new Service<{ name?: string }>({ clock })
  // Of the program, and never aborted: whoever waits with it must let go of it.
  const patience = new AbortController()
  let inside = 0
  let connects = 0
  let disconnects = 0
  let wake = (): void => {}
  service.listen(events.Connect, async ({ client }) => {
    connects += 1
    client.write('Name: ', { newline: false })
    inside += 1
    try {
      client.state.name = await client.nextLine()
    } finally {
      inside -= 1
    }
    service.writeAll(`${client.state.name} is here`)
  })
  service.listen(events.Receive, async ({ client, data }) => {
    inside += 1
    try {
      if (data === 'ask') {
        client.write('Well? ', { newline: false })
        await client.nextLine()
      } else if (data === 'hurry') {
        client.write('Quick! ', { newline: false })
        await client.nextLine({ timeout: 3_600_000, signal: patience.signal })
      } else if (data === 'watch') {
        client.write('Watching. ', { newline: false })
        if (!client.signal.aborted) await once(client.signal, 'abort')
      }
    } finally {
      inside -= 1
    }
  })
  service.listen(events.Disconnect, () => {
    disconnects += 1
    wake()
  })

  const live = async (round: number): Promise<void> => {
    const peer = await Peer.connect(service)
    await lives[round % lives.length]?.(peer)
    const leave = Math.floor(round / lives.length) % 2 === 0 ? vanish.FIN : vanish.RST
    leave(peer)
    await isClosed(peer.socket)
  }
  const rounds = async (count: number): Promise<void> => {
    const goal = disconnects + count
    for (let first = 0; first < count; first += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => live(first + i)))
    }
    while (disconnects < goal) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    // The service's ends close after Disconnect.
    await allClosed()
    await turns()
  }

  await running(
    service,
    async () => {
      await rounds(WARM_UP)
      const before = { resources: resources(), objects: objects(), memory: await memoryInUse() }
      await rounds(ROUNDS)
      const after = { resources: resources(), objects: objects(), memory: await memoryInUse() }
      assert.is(connects, WARM_UP + ROUNDS)
      assert.is(disconnects, WARM_UP + ROUNDS)
      assert.is(inside, 0, 'handlers still wait')
      assert.is(service.clients.size, 0)
      assert.is(clock.pending, 0, 'alarms are still set')
      assert.is(getEventListeners(patience.signal, 'abort').length, 0, 'somebody still listens')
      assert.equal(after.resources, before.resources)
      for (const [kind, count] of Object.entries(after.objects)) {
        const more = count - (before.objects[kind] ?? 0)
        assert.ok(more < ROUNDS / 100, `${more} of ${kind} more than before`)
      }
      // The engine's own tables and compiled code take up to 0.8 MB more; clients would be 25 MB.
      const grown = after.memory - before.memory
      assert.ok(grown < 2_000_000, `${grown} bytes more than before`)
    },
    { telnet: false },
  )
})

/** What keeps the process running, by its kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** Live objects of each kind that a peer may leave behind. */
function objects(): Record<string, number> {
  const kinds = { Client, Socket, Promise, AbortSignal, Event: events.Event }
  return Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [name, queryObjects(kind as never, { format: 'count' })]),
  )
}

test('a stream that has ended before it becomes a client keeps nobody either (rule 12)', async () => {
  const service = new Service()
  const over = deferred()
  service.listen(events.Connect, () => new Promise(() => {}))
  service.listen(events.Disconnect, () => over.resolve())
  await running(
    service,
    async () => {
      const [ours, theirs] = memoryPair()
      theirs.end()
      ours.resume()
      await once(ours, 'end')
      service.accept(ours)
      await over.promise
    },
    { drain: 1 },
  )
})

test('whoever types ahead and vanishes does not stay, whatever a handler waits for (rule 12)', async () => {
  const clock = new FakeClock()
  const service = new Service({ clock })
  const aborted = deferred()
  const over = deferred()
  service.listen(events.Receive, async ({ client }) => {
    client.signal.addEventListener('abort', () => aborted.resolve())
    await aborted.promise
  })
  service.listen(events.Disconnect, () => over.resolve())
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      peer.send('watch\ntyped ahead\n')
      peer.end()
      let isAborted = false
      void aborted.promise.then(() => {
        isAborted = true
      })
      while (!isAborted) await clock.advance(10_000)
      await over.promise
      assert.is(service.clients.size, 0)
    },
    { drain: 1 },
  )
})

test.run()
