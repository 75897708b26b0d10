// time limit: 300 s
// The process that an angel starts, seen from the other end of the pipe.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import path from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FrameReader, greeting, message, readWorkerFrame, VERSION } from '../../lib/edge/frames.js'
import { type EdgeMessage, readWorkerMessage, type WorkerMessage } from '../../lib/edge/messages.js'
import { folder } from '../cli/support.js'
import { built, loader } from '../support/node.js'

const test = suite('angel/worker')

const WORKER = built('lib/angel/worker.ts')
const LIBRARY = pathToFileURL(path.resolve(built('lib/index.ts'))).href

/** A program in a file of its own. */
function program(text: string): string {
  const library = `import { events, Service } from '${LIBRARY}'\n`
  return path.join(folder({ 'program.mjs': library + text }), 'program.mjs')
}

/** A worker, and all that is heard of it. */
class Started {
  readonly #process: ChildProcess
  readonly #pipe: Duplex
  /** Names of messages; the first one is what it greets with. */
  readonly said: (WorkerMessage | { name: 'greeting'; version: number })[] = []
  out = ''
  err = ''
  readonly ended: Promise<number | string>
  #over = false
  #wakers: (() => void)[] = []

  constructor(text: string, ...settings: readonly string[]) {
    this.#process = spawn(process.execPath, [...loader, WORKER, program(text), ...settings], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    const pipe = this.#process.stdio[3] as Duplex
    const frames = new FrameReader((bytes) => {
      const frame = readWorkerFrame(bytes)
      if (frame.type === 'greeting') this.said.push({ name: 'greeting', version: frame.version })
      else if (frame.type === 'message') this.said.push(readWorkerMessage(frame.body) as WorkerMessage)
      this.#changed()
    })
    pipe.on('data', (chunk: Buffer) => frames.push(chunk)).on('error', () => {})
    this.#pipe = pipe
    for (const name of ['out', 'err'] as const) {
      const stream = this.#process.stdio[name === 'out' ? 1 : 2] as Readable
      stream.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text
        this.#changed()
      })
    }
    this.#process.stdin?.on('error', () => {})
    this.ended = once(this.#process, 'close').then(([code, signal]) => {
      this.#over = true
      this.#changed()
      return code ?? signal
    })
    this.#pipe.write(greeting())
    this.tell({ name: 'key', key: Buffer.alloc(32, 1).toString('base64') })
  }

  tell(body: EdgeMessage): void {
    this.#pipe.write(message(body))
  }

  type(line: string): void {
    this.#process.stdin?.write(`${line}\n`)
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** What becomes of the pipe when the angel dies. */
  leave(): void {
    this.#pipe.destroy()
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#over) throw new Error(`it ended: ${this.out}\n${this.err}\n${JSON.stringify(this.said)}`)
      await new Promise<void>((resolve) => this.#wakers.push(resolve))
    }
  }

  hears<Name extends WorkerMessage['name']>(name: Name): Promise<void> {
    return this.until(() => this.said.some((message) => message.name === name))
  }

  /** Has it serve: nobody has before. */
  async serve(): Promise<void> {
    await this.hears('ready')
    this.tell({ name: 'go', restart: false, crash: false, since: 0, gone: [] })
    await this.hears('serving')
  }

  get reasons(): string[] {
    return this.said.flatMap((message) => (message.name === 'failed' ? (message.reason ?? []) : []))
  }

  #changed(): void {
    for (const wake of this.#wakers.splice(0)) wake()
  }
}

/** Starts a worker for the time of `body`. */
async function started(worker: Started, body: (worker: Started) => Promise<void>): Promise<void> {
  try {
    await body(worker)
  } finally {
    worker.kill('SIGKILL')
    await worker.ended
  }
}

/** A service without servers, whose process has something else to live for. */
const SERVICE = `
const service = new Service()
service.listen(events.PostStop, () => console.log('stopped'))
setInterval(() => {}, 1e9)
await service.start({ servers: [], log: false, store: 'memory' })
`

test('nobody starts it but an angel: without a pipe in its place it says so, and does nothing', () => {
  // Nothing, or a file: what else has a descriptor is a pipe where this runs.
  for (const fourth of ['ignore', openSync(WORKER, 'r')] as const) {
    const args = [...loader, WORKER, program('console.log("loaded")')]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe', fourth],
      encoding: 'utf8',
    })
    assert.equal([status, stdout], [2, ''])
    assert.match(stderr, '`mara angel` starts this file')
  }
})

test('it greets the edge, and runs the program as if that had been run by itself', () =>
  started(
    new Started('console.log(JSON.stringify(process.argv.slice(1)))', '--port=0', 'more'),
    async (worker) => {
      assert.is(await worker.ended, 0)
      const [file, ...settings] = JSON.parse(worker.out)
      assert.is(path.basename(file), 'program.mjs')
      assert.equal(settings, ['--port=0', 'more'])
      assert.equal(worker.said, [{ name: 'greeting', version: VERSION }])
      assert.is(worker.err, '')
    },
  ))

test('a program that can not be loaded is told of on both ways: to the operator whole, to the edge in a few lines', () =>
  started(new Started(`throw new Error('one\\ntwo\\nthree\\nfour\\nfive')`), async (worker) => {
    assert.is(await worker.ended, 1)
    assert.match(worker.err, /one\ntwo\nthree\nfour\nfive\n {4}at /)
    assert.equal(worker.reasons, ['Error: one\ntwo\nthree\nfour'])
  }))

test('of an error of syntax the edge is told the place and what is wrong there', () =>
  started(new Started('let x = ;'), async (worker) => {
    assert.is(await worker.ended, 1)
    assert.match(String(worker.reasons), /let x = ;\n.*\^\nSyntaxError: Unexpected token/)
  }))

test('a program whose settings are wrong ends as it would by itself, with exit code 2', () =>
  started(
    new Started(`await new Service().run({ servers: [], log: false })`, '--nonsense=1'),
    async (worker) => {
      assert.is(await worker.ended, 2)
      assert.is(worker.reasons.length, 1)
      assert.match(worker.reasons[0] ?? '', /nonsense/)
      assert.match(worker.err, /nonsense/)
      assert.not.match(worker.err, /\n {4}at /)
    },
  ))

test('whatever ends the process later, be it no error at all, the edge has heard why', async () => {
  for (const [thrown, reason] of [
    [`new Error('too bad')`, /too bad/],
    [`'a word'`, /a word/],
    ['undefined', /undefined/],
  ] as const) {
    await started(
      new Started(`${SERVICE.replace('await', 'void')}\nsetTimeout(() => { throw ${thrown} }, 1)`),
      async (worker) => {
        assert.not.equal(await worker.ended, 0)
        assert.match(worker.reasons.join(), reason)
      },
    )
  }
})

test('what a client has sent stands in the reason as text that controls no terminal', () =>
  started(new Started(`throw new Error('no number: \\x1b]0;mine\\x07 \\u202e')`), async (worker) => {
    assert.is(await worker.ended, 1)
    assert.match(worker.reasons.join(), String.raw`no number: \x1b]0;mine\x07 \u202e`)
  }))

test('signals that the angel of the terminal deals with, and those without a meaning, do nothing', () => {
  const echo = `process.stdin.setEncoding('utf8').on('data', (text) => console.log('got ' + text))\nconsole.log('open')`
  return started(new Started(echo), async (worker) => {
    await worker.until(() => worker.out.includes('open'))
    for (const signal of ['SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGALRM'] as const) {
      worker.kill(signal)
      worker.type(signal)
      await worker.until(() => worker.out.includes(`got ${signal}`))
    }
    assert.equal(worker.reasons, [])
  })
})

test('a worker whose angel goes before it serves ends at once, whatever its program has going', () =>
  started(new Started(SERVICE), async (worker) => {
    await worker.hears('ready')
    worker.leave()
    assert.is(await worker.ended, 1)
    assert.is(worker.out, '')
  }))

test('one that serves when its angel goes stops its service first', () =>
  started(new Started(SERVICE), async (worker) => {
    await worker.serve()
    worker.leave()
    await worker.ended
    assert.is(worker.out, 'stopped\n')
  }))

test('when the service is over the process ends, though a timer of the program would keep it running', () =>
  started(new Started(SERVICE), async (worker) => {
    await worker.serve()
    worker.tell({ name: 'stop' })
    assert.is(await worker.ended, 0)
    assert.is(worker.out, 'stopped\n')
  }))

test('a worker that has handed over stays until it is let go, and then ends', () =>
  started(new Started(SERVICE), async (worker) => {
    await worker.serve()
    worker.tell({ name: 'hand-over' })
    await worker.hears('handed-over')
    worker.tell({ name: 'leave' })
    assert.is(await worker.ended, 0)
    assert.equal(worker.reasons, [])
  }))

test('what makes no sense on the pipe is said once on stderr, and ends a worker that does not serve', () =>
  started(new Started(SERVICE), async (worker) => {
    await worker.hears('ready')
    worker.tell({ name: 'surrender' } as never)
    assert.is(await worker.ended, 1)
    assert.is(worker.err.match(/was not understood/g)?.length, 1)
  }))

test.run()
