// time limit: 900 s
import net from 'node:net'
import { join } from 'node:path'
import { events, Service, tls, unix, websocket } from 'mara-ts'
import { BenchError } from 'mara-ts/bench'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isClean } from '../../lib/bench/report.js'
import { certificate, folder, openssl } from '../support/certificates.js'
import { built } from '../support/node.js'
import { Random } from '../support/random.js'
import { rejection } from '../support/service.js'
import { findings, kinds, measure, planFor, serving } from './support.js'

const spec = suite('bench/run')

const fixture = (name: string) => built(`spec/bench/fixtures/${name}.ts`)
const echo = (line: string, socket: net.Socket): void => void socket.write(`${line}\r\n`)

function quantile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] as number
}

spec(
  'percentiles are those of the delays that the service knows of, and those that clients saw',
  async () => {
    const random = new Random(7)
    const delays: number[] = []
    const seen: number[] = []
    const answer = (line: string, socket: net.Socket): void => {
      if (line !== '') seen.push(Number(line))
      const came = performance.now()
      // Mostly quick, with a tail.
      const delay = random.below(10) === 0 ? 100 + random.below(200) : 5 + random.below(20)
      setTimeout(() => {
        delays.push(performance.now() - came)
        socket.write('ok\r\n')
      }, delay)
    }
    const plan = { clients: 8, processes: 2, duration: 3_000, script: fixture('seen') }
    const report = await serving({ answer }, ({ port }) => measure(planFor(port, plan)))
    const { answer: latency } = report.latency
    assert.equal(kinds(report), [])
    assert.is(latency.count + report.exchanges.rampAnswers, delays.length)
    assert.ok(delays.length - seen.length <= 8)
    for (const [percent, ms] of [
      [50, latency.p50],
      [90, latency.p90],
      [99, latency.p99],
    ] as const) {
      // The way there and back takes its time, too; what it takes, each client has seen for itself.
      assert.ok(ms >= quantile(delays, percent) * 0.99 - 1, `p${percent}: ${ms} is less than the delays`)
      // The last answer to each client is not in what the service was told.
      const [low, high] = [quantile(seen, percent - 0.9), quantile(seen, Math.min(100, percent + 0.9))]
      assert.ok(
        ms >= low * 0.99 - 2 && ms <= high * 1.01 + 2,
        `p${percent}: ${ms} is not in ${low} to ${high}`,
      )
    }
    assert.is(
      report.generator.processes.reduce((sum, { clients }) => sum + clients, 0),
      8,
    )
    assert.ok(isClean(report))
  },
)

/** A service that stands still for a time at the tenth question. */
function stalling(ms: number): (line: string, socket: net.Socket) => void {
  let asked = 0
  let until = 0
  return (line, socket) => {
    asked += 1
    const now = performance.now()
    if (asked === 10) until = now + ms
    if (until > now) setTimeout(() => echo(line, socket), until - now)
    else echo(line, socket)
  }
}

spec('an open loop counts from when questions were due, so that a stall is in the percentiles', async () => {
  const answer = stalling(1_500)
  const plan = { clients: 2, duration: 3_000, rate: 200 }
  const report = await serving({ answer }, ({ port }) => measure(planFor(port, plan)))
  const { answer: latency, service } = report.latency
  // Half of all questions were due while it stood still.
  assert.ok(latency.p90 > 750, `p90 is ${latency.p90}`)
  assert.ok(latency.worst >= 1_450)
  assert.ok(service !== undefined && service.p90 <= latency.p90 && service.count === latency.count)
  assert.ok(report.findings.some(({ kind, about }) => kind === 'stall' && about === 'service'))
  // Every slot was taken, or is told to have been missed: none is left out.
  const { sent, missed = 0 } = report.exchanges
  // A busy machine notices the end late, and then there are some slots more.
  assert.ok(sent + missed <= 700 && sent + missed >= 400, `${sent} and ${missed}`)
})

spec("a script's own pauses are no latency, and what they leave out is missed", async () => {
  const plan = { clients: 4, processes: 1, duration: 3_000, rate: 20, script: fixture('thinking') }
  const report = await serving({ answer: echo }, ({ port }) => measure(planFor(port, plan)))
  const { answer: latency } = report.latency
  // Each client is due every 200 ms, and pauses for 300.
  assert.ok(latency.p50 < 250, `p50 is ${latency.p50}`)
  assert.ok((report.exchanges.missed ?? 0) >= 10, `${report.exchanges.missed} missed`)
  const rate = report.findings.find(({ kind }) => kind === 'rate')
  // A busy machine has the generator to blame.
  assert.ok(rate?.about === 'generator' || rate?.text.includes('or their script paused'))
})

spec('what clients without a connection do not ask is missed', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {}).on('data', (data) => void socket.write(data))
    // Whoever comes after the first is refused.
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const plan = { clients: 2, ramp: 10, processes: 1, duration: 2_000, rate: 100 }
  const report = await measure(planFor(port, plan))
  // One who waits in the backlog as the server closes is reset.
  assert.match(kinds(report).join(), /^(refused|reset|reset,refused|refused,reset)$/)
  const { missed = 0 } = report.exchanges
  assert.ok(missed >= 90, `${missed} missed`)
})

spec('a closed loop is corrected by the interval at which it would have asked', async () => {
  const answer = stalling(1_000)
  const plan = { clients: 2, duration: 1_500, interval: 5 }
  const report = await serving({ answer }, ({ port }) => measure(planFor(port, plan)))
  const { answer: latency, corrected } = report.latency
  assert.ok(latency.worst >= 950)
  // Each of two clients would have asked some 200 times meanwhile.
  assert.ok(corrected !== undefined && corrected.count >= latency.count + 200)
  assert.ok(corrected.p90 >= latency.p90)
})

spec('a service that dies in the middle is told of, and not averaged away', async () => {
  let answers = 0
  let die: () => void = () => {}
  const answer = (line: string, socket: net.Socket): void => {
    answers += 1
    if (answers <= 10) echo(line, socket)
    else die()
  }
  const report = await serving({ answer }, (server) => {
    die = server.die
    return measure(planFor(server.port, { duration: 5_000 }))
  })
  assert.is(report.latency.answer.count + report.exchanges.rampAnswers, 10)
  assert.ok(findings(report).includes('gone'), JSON.stringify(report.findings))
  assert.ok(kinds(report).includes('refused'))
  assert.ok(kinds(report).some((kind) => kind === 'closed by the service' || kind === 'reset'))
  assert.not(isClean(report))
})

spec('where nobody listens the run ends as soon as each client has tried', async () => {
  const port = await serving({}, async ({ port }) => port)
  const report = await measure(planFor(port, { duration: 600_000 }))
  assert.is(report.ended, 'no-connection')
  assert.equal(kinds(report), ['refused'])
  assert.ok(report.errors.count >= 4)
  assert.equal(findings(report), ['no-connection'])
  assert.not(isClean(report))
})

spec('a service that never answers ends in timeouts', async () => {
  const report = await serving({}, ({ port }) => measure(planFor(port, { timeout: 300 })))
  assert.equal(kinds(report), ['timed out'])
  assert.ok(findings(report).includes('silent'))
  assert.is(report.exchanges.answers, 0)
  assert.not(isClean(report))
})

spec('a service that turns clients away is quoted', async () => {
  const connected = (socket: net.Socket): void => void socket.end('Too many connections\x1b[2J\r\n')
  const report = await serving({ connected }, ({ port }) => measure(planFor(port)))
  const [failure] = report.errors.kinds
  assert.match(failure?.kind ?? '', /^closed by the service|reset$/)
  assert.ok(failure?.examples.some(({ said }) => said?.startsWith('Too many connections')))
})

spec('endless lines, and a line without an end, end with the run', async () => {
  const flooding = (chunk: string) => (socket: net.Socket) => {
    const flood = (): void => {
      while (!socket.destroyed && socket.write(chunk)) {
        // As much as it takes.
      }
    }
    socket.on('drain', flood)
    flood()
  }
  const endless = await serving({ connected: flooding('x'.repeat(50_000)) }, ({ port }) =>
    measure(planFor(port, { duration: 300 })),
  )
  assert.ok(kinds(endless).includes('too much came without an end'), JSON.stringify(endless.errors))
  const lines = await serving({ connected: flooding('<b>\x00\xff\r\n'.repeat(5_000)) }, ({ port }) =>
    measure(planFor(port, { duration: 300 })),
  )
  assert.is(lines.ended, 'duration')
  assert.equal(kinds(lines), [])
})

spec("a script's labels are told apart, and its errors by class and message", async () => {
  const enough = new AbortController()
  let logins = 0
  const answer = (line: string, socket: net.Socket): void => {
    if (line.startsWith('login')) {
      // Each client comes back after its first failure: the fifth one has failed before.
      logins += 1
      if (logins === 5) enough.abort()
      socket.write(`welcome ${line.slice(6)}`)
    } else socket.write(`\r\nno ${line}\r\n`)
  }
  const plan = { script: fixture('faulty'), processes: 1, duration: 600_000 }
  const report = await serving({ answer }, ({ port }) => measure(planFor(port, plan), enough.signal))
  assert.equal(Object.keys(report.latency.labels).sort(), ['login', 'look'])
  assert.equal(kinds(report), ['script: WrongAnswerError: not '])
  const [failure] = report.errors.kinds
  assert.ok(failure !== undefined && failure.count >= 1 && failure.examples[0]?.said === '\nno look 0\n')
  // It was asked nothing while the clients paused.
  assert.not(findings(report).includes('gone'))
})

spec('what plain JavaScript lets through in a script is told by name', async () => {
  // As its source: a script may be TypeScript.
  const plan = { script: 'spec/bench/fixtures/careless.ts', processes: 1, duration: 300 }
  const report = await serving({}, ({ port }) => measure(planFor(port, plan)))
  assert.match(kinds(report).join('\n'), /script: InvalidOptionError: ask\(\) got untl/)
})

spec('a script that is none, or is not there, keeps the run from beginning', async () => {
  const error = (await rejection(measure(planFor(1, { script: fixture('empty') })))) as BenchError
  assert.instance(error, BenchError)
  assert.match(error.message, /empty\.[jt]s has no script: it must export a function as its default/)
  assert.match(String(await rejection(measure(planFor(1, { script: fixture('none') })))), /There is no file/)
})

spec('a process that dies is told of, and the others go on', async () => {
  let killed = 0
  const answer = (line: string, socket: net.Socket): void => {
    if (killed === 0) {
      killed = Number(line)
      process.kill(killed, 'SIGKILL')
    }
    echo(line, socket)
  }
  const report = await serving({ answer }, ({ port }) =>
    measure(planFor(port, { script: fixture('pid'), processes: 2, duration: 500 })),
  )
  const dead = report.generator.processes.filter(({ died }) => died !== undefined)
  assert.equal(
    dead.map(({ pid, died }) => [pid, died]),
    [[killed, 'was ended by SIGKILL']],
  )
  assert.ok(findings(report).includes('process-died'))
  assert.ok(report.exchanges.answers > 0)
  assert.not(isClean(report))
})

spec('a script that never awaits does not keep the run from ending', async () => {
  const plan = { script: fixture('busy'), duration: 500, timeout: 500 }
  const report = await serving({ answer: echo }, ({ port }) => measure(planFor(port, plan)))
  assert.ok(report.generator.processes.every(({ died }) => died?.startsWith('did not end in time')))
  assert.is(report.ended, 'generator')
})

spec('a run that is interrupted tells what it has measured', async () => {
  const interrupt = new AbortController()
  let answers = 0
  const answer = (line: string, socket: net.Socket): void => {
    answers += 1
    if (answers === 50) interrupt.abort()
    echo(line, socket)
  }
  const report = await serving({ answer }, ({ port }) =>
    measure(planFor(port, { duration: 600_000 }), interrupt.signal),
  )
  assert.is(report.ended, 'interrupted')
  assert.ok(report.measured < 600_000)
  assert.ok(report.latency.answer.count >= 40)
  assert.equal(kinds(report), [])
  assert.ok(isClean(report))
})

if (openssl === undefined) console.log('skipped: openssl is missing, so no kind of connection is tried')
else {
  spec('it speaks to TCP, Unix sockets, TLS and WebSockets', async () => {
    const directory = folder()
    const pair = certificate(directory, 'localhost')
    const path = join(directory, 'socket')
    const service = new Service()
    let answered = (): void => {}
    service.listen(events.Receive, ({ client, data }) => {
      client.write(data)
      answered()
    })
    const servers = [unix({ path }), tls({ port: 0, ...pair }), websocket({ port: 0 })]
    await service.start({ log: false, servers })
    try {
      const [, secure, web] = service.addresses as [unknown, { port: number }, { port: number }]
      const url = `ws://127.0.0.1:${web.port}/`
      const plan = planFor(1, { duration: 600_000, expect: 'ping' })
      for (const target of [{ path }, { port: secure.port, tls: { rejectUnauthorized: false } }, { url }]) {
        const enough = new AbortController()
        let answers = 0
        answered = () => {
          answers += 1
          if (answers === 20) enough.abort()
        }
        const report = await measure({ ...plan, target }, enough.signal)
        assert.equal(kinds(report), [], JSON.stringify(report.errors))
        assert.ok(report.latency.answer.count > 10)
      }
      const wrong = await measure({ ...plan, target: { url: `${url}no` } })
      assert.equal(kinds(wrong), ['no WebSocket'])
      const untrusted = await measure({ ...plan, target: { port: secure.port, tls: true } })
      assert.equal(kinds(untrusted), ['no TLS'])
    } finally {
      await service.stop({ drain: 0 })
    }
  })
}

spec.run()
