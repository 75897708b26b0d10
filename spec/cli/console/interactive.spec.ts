import path from 'node:path'
import { events, Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { interact } from '../../../lib/cli/console/interactive.js'
import { rejection } from '../../support/service.js'
import { folder, type Screen, screen } from '../support.js'

const test = suite('cli/console/interactive')

/** Waits for text after what was found before. */
function finder(screen: Screen): (pattern: RegExp) => Promise<string> {
  let from = 0
  return async (pattern) => {
    for (;;) {
      const match = pattern.exec(screen.out().slice(from))
      if (match !== null) {
        from += match.index + match[0].length
        return match[0]
      }
      await new Promise((resolve) => screen.stdout.once('data', resolve))
    }
  }
}

interface Person {
  readonly service: Service
  readonly target: string
  readonly kept: readonly string[]
  readonly code: Promise<number>
  type(text: string): void
  find(pattern: RegExp): Promise<string>
}

async function person(body: (person: Person) => Promise<void>, eval_ = false): Promise<void> {
  const service = new Service()
  const target = path.join(folder(), 'console')
  const console = await service.console({ path: target, eval: eval_ })
  console.commands.register('sure', async ({ client }) => {
    client.write(`So: ${await client.ask('Really? ')}`)
  })
  await service.start({ port: 0, log: false })
  // As pseudo-terminals without a size have it.
  const terminal = screen({ isTTY: true, columns: 0 })
  const kept: string[] = []
  const history = { lines: ['broadcast from before'], add: (line: string) => void kept.push(line) }
  const code = interact({ target, io: terminal, history, patience: 300 })
  code.catch(() => {})
  try {
    await body({
      service,
      target,
      kept,
      code,
      type: (text) => void terminal.stdin.write(text),
      find: finder(terminal),
    })
  } finally {
    terminal.stdin.end()
    await code.catch(() => {})
    await service.stop()
  }
}

test('a line is edited, sent and answered; Ctrl-D leaves, and the service goes on', () =>
  person(async ({ type, find, code, service, kept }) => {
    await find(/interactive\.spec> /)
    type('clientz\x7fs \r')
    await find(/Nobody is connected\.\n/)
    await find(/interactive\.spec> /)
    type('\x04')
    assert.is(await code, 0)
    assert.is(service.status, 'running')
    assert.equal(kept, ['clients'])
  }))

test('what is shown is made for a person, also where the terminal does not know its width', () =>
  person(async ({ type, find }) => {
    await find(/interactive\.spec> /)
    type('settings port\r')
    await find(/Setting {2}Value {2}From/)
  }))

test('history is a key away, and Tab completes the name of a command', () =>
  person(async ({ type, find }) => {
    await find(/interactive\.spec> /)
    type('\x1b[A\r')
    await find(/Clients told: 0/)
    await find(/interactive\.spec> /)
    type('broad\t')
    await find(/broadcast /)
    type('hello\r')
    await find(/Clients told: 0/)
  }))

test('a question of a command is answered, and its answer is not kept', () =>
  person(async ({ type, find, kept }) => {
    await find(/interactive\.spec> /)
    type('sure\r')
    await find(/Really\? /)
    type('indeed\r')
    await find(/So: indeed/)
    assert.equal(kept, ['sure'])
  }))

test('quit leaves; Ctrl-C ends what runs, and twice in a row it leaves', async () => {
  await person(async ({ type, find, code }) => {
    await find(/interactive\.spec> /)
    type('quit\r')
    await find(/Goodbye\./)
    assert.is(await code, 0)
  })
  await person(async ({ type, find, code }) => {
    await find(/interactive\.spec> /)
    type('sure\r')
    await find(/Really\? /)
    type('\x03')
    await find(/So: /)
    await find(/interactive\.spec> /)
    type('half a line')
    await find(/half a line/)
    type('\x03')
    await find(/again leaves/)
    type('\x03')
    assert.is(await code, 0)
  })
})

test('whoever is connected when the service stops is told, and is back at the shell', () =>
  person(async ({ service, find, code }) => {
    await find(/interactive\.spec> /)
    await service.stop()
    await find(/The service has stopped\./)
    assert.is(await code, 0)
  }))

test('over a restart it waits, and goes on', () =>
  person(async ({ service, type, find }) => {
    await find(/interactive\.spec> /)
    // As the service's process does when it hands over, and the next one when it goes on.
    await service.trigger(new events.Suspend({ server: undefined as never }))
    await find(/The service restarts\./)
    await find(/Waiting for it/)
    await service.trigger(new events.PostStart())
    await find(/Connected again\./)
    await find(/interactive\.spec> /)
    type('clients\r')
    await find(/Nobody is connected/)
  }))

test('a service that does not come back is given up', () =>
  person(async ({ service, find, code }) => {
    await find(/interactive\.spec> /)
    await service.trigger(new events.Suspend({ server: undefined as never }))
    await find(/Waiting for it/)
    assert.is(((await rejection(code)) as Error).name, 'ConsoleError')
  }))

test.run()
