// time limit: 200 s
/** One client that sends as fast as it can, from a process of its own, beside fifty polite ones. */
import net from 'node:net'
import { type Client, events, Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { memoryInUse } from '../support/gc.js'
import { Peer } from '../support/peer.js'
import { type Program, withProgram } from '../support/program.js'
import { deferred, running, turns } from '../support/service.js'

const test = suite('flood')

const LINES = 2_000_000
const LENGTH = 25
const POLITE = 50

/** Peers that say a line, wait for the answer, and say the next. */
async function makePolite(service: Service): Promise<{ ask(): Promise<void>; destroy(): void }> {
  const peers = await Promise.all(Array.from({ length: POLITE }, () => Peer.connect(service)))
  let asked = 0
  return {
    /** One answer for each of them. */
    async ask() {
      asked += 1
      await Promise.all(
        peers.map(async (peer) => {
          peer.send(`hi ${asked}\r\n`)
          assert.is(await peer.line(), `hello ${asked}`)
        }),
      )
    },
    destroy: () => {
      for (const peer of peers) peer.destroy()
    },
  }
}

/** The most memory in use over what there was at first, in bytes. */
async function memoryMeter(): Promise<{ sample(): void; most: { heap: number; rss: number } }> {
  await memoryInUse()
  const first = process.memoryUsage()
  const most = { heap: 0, rss: 0 }
  return {
    most,
    sample() {
      const { heapUsed, external, rss } = process.memoryUsage()
      most.heap = Math.max(most.heap, heapUsed + external - first.heapUsed - first.external)
      most.rss = Math.max(most.rss, rss - first.rss)
    },
  }
}

// What is held of a flood at any time is the unread lines (256) and the chunk (64 KiB) that overran them: less than
// 1 MB. The rest is garbage that awaits collection, for which the engine takes up to three half spaces of 16 MB and
// what it lets survive; two million lines that were kept would be over 90 MB of strings alone.
const MOST_MEMORY = 70_000_000

function startFlood(service: Service, reads: boolean, body: (flooder: Program) => Promise<void>) {
  const port = String(service.address?.port)
  const args = ['spec/scenarios/fixtures/flooder.ts', port, String(LINES), String(LENGTH)]
  return withProgram([...args, ...(reads ? ['read'] : [])], body)
}

test('beside a client that sends 50 MB of lines, 50 others are answered 1,000 times each; nothing is lost or piled up (rule 17)', async () => {
  const service = new Service()
  const begun = deferred()
  const over = deferred()
  let next = 0
  let sum = 0
  let unread = 0
  service.listen(events.Receive, ({ client, data }) => {
    if (data.startsWith('hi')) {
      client.write(`hello ${data.slice(3)}`)
      return
    }
    if (data.length !== LENGTH - 2 || Number.parseInt(data, 10) !== next) throw new Error(`${next}: ${data}`)
    if (next === 0) begun.resolve()
    sum += next
    next += 1
    unread = Math.max(unread, client.unread)
    if (next === LINES) over.resolve()
  })
  const errors: unknown[] = []
  service.listen(events.HandlerError, ({ error }) => {
    errors.push(error)
    over.resolve()
  })
  await running(
    service,
    async () => {
      const polite = await makePolite(service)
      await polite.ask()
      const meter = await memoryMeter()
      await startFlood(service, true, async (flooder) => {
        await begun.promise
        const ends = over.promise.then(() => 'over')
        let answers = 0
        while ((await Promise.race([polite.ask(), ends])) !== 'over') {
          answers += 1
          meter.sample()
        }
        assert.equal(errors, [])
        assert.is(next, LINES)
        assert.is(sum, (LINES * (LINES - 1)) / 2)
        assert.ok(answers >= 1_000, `only ${answers} answers each`)
        assert.ok(unread <= 256 + 65_536 / LENGTH + 1, `${unread} lines were unread`)
        assert.ok(meter.most.heap < MOST_MEMORY, `${meter.most.heap} bytes of heap`)
        assert.ok(meter.most.rss < MOST_MEMORY, `${meter.most.rss} bytes of memory`)
        await flooder.find(/read 0 true/)
      })
      polite.destroy()
    },
    { telnet: false },
  )
})

test('a client that floods and does not read what it gets is not read from, the others are served, and nothing is lost (rule 19)', async () => {
  const service = new Service()
  const flooder = deferred<Client>()
  let received = 0
  service.listen(events.Receive, ({ client, data }) => {
    if (data.startsWith('hi')) {
      client.write(`hello ${data.slice(3)}`)
      return
    }
    if (received === 0) flooder.resolve(client as Client)
    received += 1
    client.write(data)
  })
  const limits: string[] = []
  service.listen(events.LimitExceeded, ({ limit }) => void limits.push(limit))
  await running(
    service,
    async () => {
      const polite = await makePolite(service)
      await polite.ask()
      const meter = await memoryMeter()
      await startFlood(service, false, async (program) => {
        const client = await flooder.promise
        // Until the system's own buffers are full it is still read from now and then. In the end nothing more comes
        // while the others are answered 300 times.
        for (let before = -1, calm = 0; calm < 300; calm = received === before ? calm + 1 : 0) {
          before = received
          await polite.ask()
          meter.sample()
        }
        assert.ok(received < LINES / 2, `${received} lines were handled`)
        assert.ok(client.connected)
        assert.ok(client.unread <= 256 + 65_536 / LENGTH + 1, `${client.unread} lines are unread`)
        assert.not(limits.includes('maxUnsentBytes'))
        // Once it reads, everything comes, in order.
        program.tell('read')
        const [, lines, mine] = await program.find(/read (\d+) (true|false)/)
        meter.sample()
        assert.equal([Number(lines), mine], [LINES, 'true'])
        assert.is(received, LINES)
        assert.ok(meter.most.heap < MOST_MEMORY, `${meter.most.heap} bytes of heap`)
        assert.ok(meter.most.rss < MOST_MEMORY, `${meter.most.rss} bytes of memory`)
      })
      polite.destroy()
    },
    { telnet: false },
  )
})

test('whoever reads what a client floods everybody with stays, and misses nothing (rule 19)', async () => {
  const service = new Service()
  service.listen(events.Receive, ({ client, data }) => service.writeAll(data, { exclude: client }))
  const limits: string[] = []
  service.listen(events.LimitExceeded, ({ limit }) => void limits.push(limit))
  // More than the system's own buffers hold.
  const [lines, length, readers] = [1_500, 20_000, 3]
  await running(
    service,
    async () => {
      const { port } = service.address as { port: number }
      const read = Array.from({ length: readers }, () => {
        const all = deferred<number>()
        const socket = net.connect({ port, host: '127.0.0.1' })
        let count = 0
        socket.on('data', (chunk) => {
          count += chunk.length
          if (count >= lines * length) all.resolve(count)
          // More slowly than lines come, but without a rest.
          socket.pause()
          void turns(20).then(() => socket.resume())
        })
        socket.on('close', () => all.resolve(count))
        return { socket, all: all.promise }
      })
      const args = ['spec/scenarios/fixtures/flooder.ts', String(port), String(lines), String(length)]
      await withProgram(args, async (flooder) => {
        await flooder.find(/sent/)
        assert.equal(
          await Promise.all(read.map(({ all }) => all)),
          Array.from({ length: readers }, () => lines * length),
        )
      })
      assert.not(limits.includes('maxUnsentBytes'))
      for (const { socket } of read) socket.destroy()
    },
    { telnet: false },
  )
})

test.run()
