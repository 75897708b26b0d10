import { type events, memoryPair } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Client } from '../../lib/client/client.js'
import { systemClock } from '../../lib/clock.js'
import { defaultLimits } from '../../lib/limits.js'
import { lines } from '../../lib/protocol/index.js'
import { Executor } from '../../lib/runtime/executor.js'
import { runSession, type SessionHost } from '../../lib/runtime/session.js'
import { DuplexConnection } from '../../lib/transport/duplex.js'

/** Runs a session on lines that are all there, and gives what happened. */
async function trace(
  input: string,
  handle: (
    event: { constructor: { name: string }; data?: string },
    client: Client,
  ) => PromiseLike<unknown> | undefined,
): Promise<string[]> {
  const [ours, theirs] = memoryPair()
  const executor = new Executor()
  const settings = { executor, clock: systemClock, limits: defaultLimits, sanitize: true }
  const client = new Client({ id: 1, connection: new DuplexConnection(ours), protocol: lines, settings })
  const log: string[] = []
  const host: SessionHost = {
    dispatch(event) {
      const { data } = event as events.Receive
      log.push(event.constructor.name + (data === undefined ? '' : ` ${data}`))
      return handle(event as never, client)
    },
    failed(event, error) {
      log.push(`failed ${event.constructor.name}: ${(error as Error).message}`)
      return undefined
    },
    leaving: () => void log.push('leaving'),
  }
  theirs.resume()
  theirs.end(input)
  await runSession(client, host)
  return log
}

test('a session is Connect, a Receive for each line, and Disconnect (rule 12)', async () => {
  assert.equal(await trace('one\ntwo\n', () => undefined), [
    'Connect',
    'Receive one',
    'Receive two',
    'leaving',
    'Disconnect',
  ])
})

test('a line that a handler awaits goes to that handler (rule 10)', async () => {
  const login = async (client: Client): Promise<void> => {
    await client.nextLine()
    await client.nextLine()
  }
  const log = await trace('name\npassword\nhello\n', (event, client) =>
    event.constructor.name === 'Connect' ? login(client) : undefined,
  )
  assert.equal(log, ['Connect', 'Receive hello', 'leaving', 'Disconnect'])
})

test('an error, at once or later, goes to the host, and the session goes on (rule 6)', async () => {
  const log = await trace('at once\nlater\nfine\n', ({ data }) => {
    if (data === 'at once') throw new Error('now')
    return data === 'later' ? Promise.reject(new Error('then')) : undefined
  })
  assert.equal(log, [
    'Connect',
    'Receive at once',
    'failed Receive: now',
    'Receive later',
    'failed Receive: then',
    'Receive fine',
    'leaving',
    'Disconnect',
  ])
})

test('a client whose Connect fails is told and closed: its lines are dropped, and Disconnect still comes (rule 6)', async () => {
  const log = await trace('line\n', ({ data }) => {
    if (data === undefined) throw new Error('no')
    return undefined
  })
  assert.equal(log, ['Connect', 'failed Connect: no', 'leaving', 'Disconnect', 'failed Disconnect: no'])
})

test.run()
