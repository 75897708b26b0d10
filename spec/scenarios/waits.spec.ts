/** Waits for clients: how long they may be, and that none of them can end the process. */
import { type Client, ClientDisconnectedError, connect, events, InvalidOptionError, Service } from 'mara-ts'
import { confirm, input, password, select } from 'mara-ts/prompts'
import { FakeClock } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { deferred, rejection, turns } from '../support/service.js'

const test = suite('waits')
const DAY = 86_400_000

interface Wait {
  signal?: AbortSignal
  timeout?: number
}

/** Everything that waits for a client's line. */
const WAITS: Record<string, (client: Client, options: Wait) => Promise<unknown>> = {
  nextLine: (client, options) => client.nextLine(options),
  ask: (client, options) => client.ask('Name: ', options),
  input: (client, options) => input(client, { message: 'Name: ', ...options }),
  password: (client, options) => password(client, { message: 'Password: ', ...options }),
  confirm: (client, options) => confirm(client, { message: 'Sure? ', ...options }),
  select: (client, options) => select(client, { message: 'Which? ', choices: ['elf', 'orc'], ...options }),
}

/** Runs `body` with a client that says nothing, and gives the rejections that nobody looked at. */
async function unlookedAt(body: (client: Client, clock: FakeClock) => Promise<unknown>): Promise<unknown[]> {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  const clock = new FakeClock()
  const service = new Service({ clock })
  const arrived = deferred<Client>()
  const over = deferred()
  service.listen(events.Connect, async ({ client }) => {
    arrived.resolve(client as Client)
    await over.promise
  })
  await service.start({ port: 0, log: false, connectTimeout: 0 })
  const peer = await connect(service)
  try {
    await body(await arrived.promise, clock)
    await turns()
  } finally {
    over.resolve()
    await peer.close()
    await service.stop({ drain: 0 })
    process.off('unhandledRejection', note)
  }
  return unhandled
}

for (const [name, wait] of Object.entries(WAITS)) {
  test(`${name}: a client that stays silent ends no process, whatever ends the wait and whenever it is looked at (rule 10)`, async () => {
    const ends: Record<string, (client: Client, clock: FakeClock) => Promise<unknown>> = {
      async timeout(client, clock) {
        const answer = wait(client, { timeout: 50 })
        await clock.advance(50)
        await turns()
        assert.is(((await rejection(answer)) as Error).name, 'TimeoutError')
      },
      async abort(client) {
        const controller = new AbortController()
        const answer = wait(client, { signal: controller.signal })
        const reason = new Error('enough')
        controller.abort(reason)
        await turns()
        assert.is(await rejection(answer), reason)
      },
      async 'abort beforehand'(client) {
        const answer = wait(client, { signal: AbortSignal.abort(new Error('enough')) })
        await turns()
        assert.is(((await rejection(answer)) as Error).message, 'enough')
      },
      async disconnection(client) {
        const answer = wait(client, {})
        await client.close()
        await turns()
        assert.instance(await rejection(answer), ClientDisconnectedError)
      },
      async 'a timeout that is none'(client) {
        const answer = wait(client, { timeout: Number.NaN })
        await turns()
        assert.instance(await rejection(answer), InvalidOptionError)
      },
    }
    for (const [end, run] of Object.entries(ends)) assert.equal(await unlookedAt(run), [], end)
  })

  test(`${name}: waits for 30 days and for ever, and refuses what is no number of milliseconds, by name`, async () => {
    await unlookedAt(async (client, clock) => {
      for (const wrong of ['50', -1, Number.NaN, null]) {
        const error = await rejection(wait(client, { timeout: wrong as number }))
        assert.instance(error, InvalidOptionError)
        assert.match((error as Error).message, `timeout: ${wrong}`)
      }
      let ended = ''
      const long = wait(client, { timeout: 30 * DAY }).catch(() => {
        ended += 'long'
      })
      const forever = wait(client, { timeout: Number.POSITIVE_INFINITY }).catch(() => {
        ended += 'forever'
      })
      await clock.advance(30 * DAY - 1)
      assert.is(ended, '')
      await clock.advance(1)
      await long
      assert.is(ended, 'long')
      await clock.advance(1_000 * DAY)
      assert.is(ended, 'long')
      await client.close()
      await forever
    })
  })
}

test('a stop takes any number of milliseconds as its drain, and refuses anything else by name', async () => {
  const service = new Service()
  await service.start({ port: 0, log: false })
  for (const wrong of ['50', -1, Number.NaN, null]) {
    const error = await rejection((async () => service.stop({ drain: wrong as number }))())
    assert.instance(error, InvalidOptionError)
    assert.match((error as Error).message, `drain: ${wrong}`)
  }
  assert.is(service.status, 'running')
  await service.stop({ drain: Number.POSITIVE_INFINITY })
  for (const drain of [0, 0.5, 30 * DAY, Number.POSITIVE_INFINITY]) {
    await service.start({ port: 0, log: false, drain })
    await service.stop()
  }
})

test('a drain of for ever waits until the last handler is done', async () => {
  const clock = new FakeClock()
  const service = new Service({ clock })
  const over = deferred()
  service.listen(events.Connect, () => over.promise)
  await service.start({ port: 0, log: false, connectTimeout: 0 })
  await connect(service)
  let stopped = false
  const stopping = service.stop({ drain: Number.POSITIVE_INFINITY }).then(() => {
    stopped = true
  })
  await clock.advance(400 * DAY)
  assert.is(stopped, false)
  over.resolve()
  await stopping
})

test.run()
