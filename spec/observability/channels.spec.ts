import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { connect, type EventMessage, events, Handler, type HandlerMessage, Service } from 'mara-ts'
import { connectTo, everyRestartPoint } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isTraced } from '../../lib/observability/channels.js'
import { Stage } from '../../lib/testing/stage.js'
import { loginService, play } from '../scenarios/login.js'
import { running, turns } from '../support/service.js'

const test = suite('diagnostics channels')

const PARTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const
type Part = (typeof PARTS)[number] | 'event'

interface Told {
  readonly part: Part
  readonly message: EventMessage | HandlerMessage
}

/** Everything that is told while `body` runs. */
async function toldDuring(
  body: (told: Told[]) => Promise<void>,
  parts: readonly Part[] = ['event', ...PARTS],
): Promise<Told[]> {
  const told: Told[] = []
  const undo = parts.map((part) => {
    const name = part === 'event' ? 'mara:event' : `tracing:mara:handler:${part}`
    const listener = (message: unknown): void => void told.push({ part, message: message as EventMessage })
    subscribe(name, listener)
    return () => unsubscribe(name, listener)
  })
  try {
    await body(told)
  } finally {
    for (const fn of undo) fn()
  }
  return told
}

/** `start Receive greet`. */
function inWords({ part, message }: Told): string {
  if (part === 'event') return `event ${(message as EventMessage).event}`
  const { event, handler, replayed } = message as HandlerMessage
  return `${part} ${event.event} ${handler}${replayed ? ' (replayed)' : ''}`
}

/** A service in which an event named Go can be triggered. */
class Go extends events.Event {}

test('an event is told before its handlers, and each handler from its beginning to its end', async () => {
  const service = new Service()
  service.listen(Go, function plain() {})
  service.listen(Go, async function waits() {
    await turns(1)
  })
  service.listen(
    Go,
    class Steps extends Handler<Go> {
      handler_10() {}
      async handler_20() {}
    },
  )
  const told = await toldDuring(async () => void (await service.trigger(new Go())))
  assert.equal(told.map(inWords), [
    'event Go',
    'start Go plain',
    'end Go plain',
    'start Go waits',
    'end Go waits',
    'asyncStart Go waits',
    'asyncEnd Go waits',
    'start Go Steps',
    'end Go Steps',
    'asyncStart Go Steps',
    'asyncEnd Go Steps',
  ])
  const [event, ...handlers] = told.map(({ message }) => message)
  for (const message of handlers) assert.is((message as HandlerMessage).event, event)
  assert.is(handlers[2], handlers[5])
  assert.is(handlers[0], handlers[1])
  assert.is.not(handlers[0], handlers[2])
})

test('each channel may be listened to by itself, and nobody who has left is told', async () => {
  const service = new Service()
  service.listen(Go, async function waits() {
    await turns(1)
    throw new Error('no')
  })
  for (const part of ['event', ...PARTS] as const) {
    assert.not(isTraced())
    const told = await toldDuring(async () => void (await service.trigger(new Go())), [part])
    assert.equal(
      told.map(inWords).filter((words) => words.includes('Go')),
      [part === 'event' ? 'event Go' : `${part} Go waits`],
    )
  }
  assert.not(isTraced())
})

test('an event that is stopped is told of the handlers that it had', async () => {
  const service = new Service()
  service.listen(Go, function stops(event) {
    event.stop()
  })
  service.listen(Go, function never() {})
  const told = await toldDuring(async () => void (await service.trigger(new Go())))
  assert.equal(told.map(inWords), ['event Go', 'start Go stops', 'end Go stops'])
})

for (const [how, fail] of [
  [
    'throws',
    function fails() {
      throw new Error('no')
    },
  ],
  [
    'rejects',
    async function fails() {
      throw new Error('no')
    },
  ],
] as const) {
  test(`a handler that ${how} is told with its error, which goes where it always goes`, async () => {
    const service = new Service()
    const failed: unknown[] = []
    service.listen(Go, fail)
    service.listen(events.HandlerError, ({ error, handler }) => void failed.push(error, handler))
    const told = await toldDuring(async () => void (await service.trigger(new Go())))
    const own = told.filter((entry) => inWords(entry).endsWith('Go fails'))
    assert.equal(
      own.map(({ part }) => part),
      how === 'throws' ? ['start', 'error', 'end'] : ['start', 'end', 'error', 'asyncStart', 'asyncEnd'],
    )
    const error = own.map(({ message }) => (message as HandlerMessage).error).at(-1)
    assert.equal(failed, [error, fail])
    assert.is((error as Error).message, 'no')
  })
}

test('a handler whose client goes has ended, and not failed', async () => {
  const service = new Service()
  service.listen(events.Connect, async function asks({ client }) {
    await client.ask('Name: ')
  })
  const told = await toldDuring(() =>
    running(service, async () => {
      const peer = await connect(service)
      await peer.expect('Name: ')
      await peer.close()
    }),
  )
  assert.equal(
    told.map(inWords).filter((words) => words.includes('asks')),
    ['start Connect asks', 'end Connect asks', 'asyncStart Connect asks', 'asyncEnd Connect asks'],
  )
})

test('a handler that never ends is never told to have ended', async () => {
  const service = new Service()
  service.listen(Go, () => new Promise(() => {}))
  const told = await toldDuring(async () => {
    void service.trigger(new Go())
    await turns()
  })
  assert.equal(told.map(inWords), ['event Go', 'start Go ', 'end Go '])
})

test('nothing of what clients send or programs keep is in what is told', async () => {
  const service = new Service<{ password: string }>()
  service.listen(events.Connect, async ({ client }) => {
    client.hideInput()
    client.state.password = await client.ask('Password: ')
    client.showInput()
  })
  service.listen(events.Receive, async ({ client }) => {
    await turns(1)
    client.write('done')
  })
  const told = await toldDuring(() =>
    running(service, async () => {
      const peer = await connect(service)
      await peer.expect('Password: ')
      peer.write('xyzzy', 'plugh')
      await peer.expect('done')
    }),
  )
  assert.ok(told.length > 10)
  for (const { message } of told) {
    const shown = inspect(message, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true })
    assert.not.match(shown + JSON.stringify(message) + String(message), /xyzzy|plugh|Client #/)
  }
  const received = told.find((entry) => inWords(entry) === 'event Receive')
  assert.equal(received?.message, { event: 'Receive', client: 1 })
  const started = told.find((entry) => inWords(entry) === 'event PostStart')
  assert.equal(started?.message, { event: 'PostStart', client: undefined })
})

test('a subscriber that throws keeps no handler from its work: Node raises it as an uncaught exception', async () => {
  const service = new Service()
  service.listen(events.Receive, async ({ client, data }) => {
    await turns(1)
    client.write(`got ${data}`)
  })
  const raised: unknown[] = []
  const listener = (): void => {
    throw new Error('a bad subscriber')
  }
  const onUncaught = (error: unknown): void => void raised.push(error)
  const names = ['mara:event', ...PARTS.map((part) => `tracing:mara:handler:${part}`)]
  for (const name of names) subscribe(name, listener)
  process.on('uncaughtException', onUncaught)
  try {
    await running(service, async () => {
      const peer = await connect(service)
      peer.write('one', 'two')
      await peer.expect('got one')
      await peer.expect('got two')
      assert.is(service.stats().handlers.inFlight, 0)
    })
    await turns()
  } finally {
    process.off('uncaughtException', onUncaught)
    for (const name of names) unsubscribe(name, listener)
  }
  assert.ok(raised.length >= 10)
})

test('what a tracer binds to a handler is there in all that the handler does, other handlers included', async () => {
  class Inner extends events.Event {}
  const spans = new AsyncLocalStorage<string>()
  const { start } = tracingChannel<string, HandlerMessage>('mara:handler')
  start.bindStore(spans, ({ event }) => `${spans.getStore() ?? ''}/${event.event}`)
  const service = new Service()
  const seen: (string | undefined)[] = []
  service.listen(Go, async () => {
    await turns(1)
    seen.push(spans.getStore())
    await service.trigger(new Inner())
    seen.push(spans.getStore())
  })
  service.listen(Inner, async () => {
    await turns(1)
    seen.push(spans.getStore())
  })
  try {
    await service.trigger(new Go())
  } finally {
    start.unbindStore(spans)
  }
  assert.equal(seen, ['/Go', '/Go/Inner', '/Go'])
})

// --- Over a restart

test('a handler that goes on in another process is told as replayed, and what has come before is not told again', async () => {
  class Asked extends events.Event {}
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(Asked, async function aside() {
      await turns(1)
    })
    service.listen(events.Connect, async function asks({ client }) {
      await client.ask('Name: ')
      await service.trigger(new Asked())
      await client.ask('City: ')
      await service.trigger(new Asked())
    })
    service.listen(events.Connect, function last({ client }) {
      client.write('Welcome')
    })
    return service
  })
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  await ann.sees('Name: ')
  ann.type('ann')
  await ann.sees('City: ')
  const told = await toldDuring(async (told) => {
    await stage.restart()
    await stage.settle()
    assert.equal(
      told.map(inWords).filter((words) => /Connect|Asked/.test(words)),
      [
        'start Connect asks (replayed)',
        'end Connect asks (replayed)',
        'start Asked aside (replayed)',
        'end Asked aside (replayed)',
        'asyncStart Asked aside (replayed)',
        'asyncEnd Asked aside (replayed)',
      ],
    )
    assert.is(stage.service.stats().events.Asked ?? 0, 0)
    told.length = 0
    ann.type('rome')
    await ann.sees('Welcome')
  })
  assert.equal(
    told.map(inWords).filter((words) => /Connect|Asked/.test(words)),
    [
      'event Asked',
      'start Asked aside',
      'end Asked aside',
      'asyncStart Asked aside',
      'asyncEnd Asked aside',
      'asyncStart Connect asks (replayed)',
      'asyncEnd Connect asks (replayed)',
      'start Connect last',
      'end Connect last',
    ],
  )
  assert.is(stage.service.stats().events.Asked, 1)
  await stage.stop()
})

test('conversations survive while somebody listens as they do otherwise', async () => {
  await toldDuring(async () => {
    assert.ok((await everyRestartPoint({ service: loginService, play })) >= 30)
  })
})

test.run()
