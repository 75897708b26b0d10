import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ClientDisconnectedError } from '../../lib/client/errors.js'
import { Context, runIn } from '../../lib/conversation/context.js'
import { HandlerError } from '../../lib/events/catalogue.js'
import { InvalidHandlerError } from '../../lib/events/errors.js'
import { Event } from '../../lib/events/event.js'
import { createLog } from '../../lib/log/index.js'
import { EventHub } from '../../lib/runtime/event-hub.js'
import { Records } from '../support/records.js'
import { deferred, rejection, turns } from '../support/service.js'

class Go extends Event<{ n?: number }> {}

const SERVICE = { name: 'the service' }

/** A hub, and what it has logged. */
function hubbed() {
  const hub = new EventHub<unknown, string>(SERVICE)
  // It takes all, events included.
  const records = Object.assign(new Records(), { isLevelEnabled: () => true })
  hub.log = createLog({ log: records as never })
  const errors: HandlerError[] = []
  hub.listen(HandlerError, (event) => void errors.push(event))
  const failures = () => records.all.filter(({ level }) => level === 'error')
  return { hub, records, errors, failures }
}

/** How many handlers of `Go` are in flight. */
const inFlight = (hub: EventHub<unknown, string>): number => hub.flights(Go).count

// --- Binding

test('listen gives what removes the handler; without a handler, what takes it and gives it back (rule 2)', async () => {
  const { hub } = hubbed()
  const ran: string[] = []
  const remove = hub.listen(Go, () => void ran.push('plain'))
  const decorated = (): void => void ran.push('decorated')
  assert.is(hub.listen(Go)(decorated), decorated)
  await hub.trigger(new Go())
  remove()
  remove()
  await hub.trigger(new Go())
  assert.equal(ran, ['plain', 'decorated', 'decorated'])
})

test('what listen gives without a handler is to be used before the service starts, as often as wanted (rule 2)', () => {
  const { hub } = hubbed()
  const decorator = hub.listen(Go)
  assert.throws(
    () => hub.checkDecorators(),
    (error: Error) => error instanceof InvalidHandlerError,
  )
  decorator(() => {})
  decorator(() => {})
  hub.checkDecorators()
})

test('a listen without a handler that decorates nothing is told of where the service runs already (rule 2)', async () => {
  const { hub, records } = hubbed()
  hub.checkDecorators()
  hub.listen(Go)(() => {})
  hub.listen(Go)
  await turns(1)
  assert.equal(
    records.all.map(({ level }) => level),
    ['warn'],
  )
  assert.match(String(records.all[0]?.message), 'listen(Go, ...) got no handler')
})

test('what is no class of events is refused at once, with or without a handler', () => {
  const { hub } = hubbed()
  for (const wrong of [undefined, null, {}, 'Go', class Other {}, new Go()]) {
    const code = (body: () => unknown): unknown => {
      try {
        body()
      } catch (error) {
        return (error as { code?: string }).code
      }
      return undefined
    }
    assert.is(
      code(() => hub.listen(wrong as never)),
      'MARA_INVALID_EVENT_CLASS',
    )
    assert.is(
      code(() => hub.listen(wrong as never, () => {})),
      'MARA_INVALID_EVENT_CLASS',
    )
  }
})

// --- Triggering

test('trigger resolves with its event when all handlers have run, and they have found the service in it (rule 1)', async () => {
  const { hub } = hubbed()
  const seen: unknown[] = []
  const gate = deferred()
  hub.listen(Go, async (event, ...args: unknown[]) => {
    await gate.promise
    seen.push(event.service, ...args)
  })
  const event = new Go({ n: 1 })
  const triggered = hub.trigger(event, 'more', 2)
  await turns()
  assert.equal(seen, [])
  gate.resolve()
  assert.is(await triggered, event)
  assert.equal(seen, [SERVICE, 'more', 2])
})

test('what is no event is refused by a rejection, and nothing runs', async () => {
  const { hub, errors } = hubbed()
  let ran = 0
  hub.listen(Event, () => {
    ran += 1
  })
  for (const wrong of [undefined, null, 'Go', Go, { service: 1 }]) {
    const error = (await rejection(hub.trigger(wrong as never))) as { code?: string }
    assert.is(error.code, 'MARA_INVALID_EVENT')
  }
  assert.is(ran, 0)
  assert.equal(errors, [])
})

test('an event without handlers is no trouble, and counts', async () => {
  const { hub } = hubbed()
  await hub.trigger(new Go())
  assert.equal(
    [...hub.tallies].map(([name, { events, flights }]) => [name, events, flights.count]),
    [['Go', 1, 0]],
  )
})

// --- Handlers that fail

for (const [how, fail] of [
  [
    'throws',
    () => {
      throw 'no'
    },
  ],
  ['rejects', () => Promise.reject('no')],
] as const) {
  test(`a handler that ${how} is logged and raised as HandlerError, and trigger resolves all the same (rule 6)`, async () => {
    const { hub, errors, failures } = hubbed()
    let later = 0
    hub.listen(Go, fail)
    hub.listen(Go, () => {
      later += 1
    })
    const event = new Go()
    assert.is(await hub.trigger(event), event)
    assert.is(later, 0)
    assert.equal(
      errors.map(({ event, handler, error }) => [event, handler, error]),
      [[event, fail, 'no']],
    )
    assert.equal(
      failures().map(({ message, fields }) => [message, fields.error]),
      [['A handler of Go failed', 'no']],
    )
  })
}

test('trigger waits for the handlers of HandlerError', async () => {
  const { hub } = hubbed()
  const gate = deferred()
  let over = false
  hub.listen(Go, () => Promise.reject(new Error('no')))
  hub.listen(HandlerError, () => gate.promise)
  const triggered = hub.trigger(new Go()).then(() => {
    over = true
  })
  await turns()
  assert.not(over)
  assert.is(inFlight(hub), 0, 'its own handlers have ended')
  gate.resolve()
  await triggered
})

test('a handler of HandlerError that fails is logged, and that is all: it does not go on for ever (rule 6)', async () => {
  const { hub, errors, failures } = hubbed()
  hub.listen(Go, () => Promise.reject(new Error('first')))
  hub.listen(HandlerError, () => {
    throw new Error('second')
  })
  await hub.trigger(new Go())
  assert.is(errors.length, 1)
  assert.equal(
    failures().map(({ message }) => message),
    ['A handler of Go failed', 'A handler of Handler failed failed'],
  )
})

test('an event that deals with its errors itself is left to do so (rule 6)', async () => {
  const { hub, errors, failures } = hubbed()
  const caught: unknown[] = []
  class Careful extends Go {
    override caught(error: unknown): boolean {
      caught.push(error)
      return error === 'mine'
    }
  }
  let next: unknown = 'mine'
  hub.listen(Careful, () => {
    throw next
  })
  await hub.trigger(new Careful())
  assert.equal([errors, failures()], [[], []])
  next = 'not mine'
  await hub.trigger(new Careful())
  assert.is(errors.length, 1)
  assert.equal(caught, ['mine', 'not mine'])
})

test('code of the event that fails in turn hides neither the first error nor the event', async () => {
  const { hub, errors, failures } = hubbed()
  class Careless extends Go {
    override caught(): boolean {
      throw new Error('in caught')
    }
    override toString(): string {
      throw new Error('in toString')
    }
  }
  hub.listen(Careless, () => Promise.reject('no'))
  await hub.trigger(new Careless())
  assert.equal(
    errors.map(({ error }) => error),
    ['no'],
  )
  assert.equal(
    failures().map(({ message }) => message),
    ['A handler of Careless failed'],
  )
})

test("the end of the event's own client is no failure; that of another one is (rule 12)", async () => {
  const { hub, errors } = hubbed()
  class Of extends Event<{ client: unknown }> {}
  const [one, other] = [{ toString: () => 'one' }, { toString: () => 'other' }]
  let gone: unknown = one
  hub.listen(Of, () => Promise.reject(new ClientDisconnectedError(gone)))
  await hub.trigger(new Of({ client: one }))
  assert.is(errors.length, 0)
  gone = other
  await hub.trigger(new Of({ client: one }))
  assert.is(errors.length, 1)
})

// --- An event within itself

test('a handler that triggers its own event again is still the one that fails when it throws after that', async () => {
  const { hub, errors } = hubbed()
  let depth = 0
  const first = async (event: Go): Promise<void> => {
    depth += 1
    if (depth > 1) return
    await hub.trigger(event)
    throw new Error('after')
  }
  const second = (): void => {}
  hub.listen(Go, first)
  hub.listen(Go, second)
  await hub.trigger(new Go())
  assert.equal(
    errors.map(({ handler }) => handler),
    [first],
  )
})

test('a handler that fails in the second round is the one that is told of', async () => {
  const { hub, errors } = hubbed()
  let depth = 0
  const first = async (event: Go): Promise<void> => {
    depth += 1
    if (depth === 1) await hub.trigger(event)
  }
  const second = (): void => {
    if (errors.length === 0) throw new Error('in the second round')
  }
  hub.listen(Go, first)
  hub.listen(Go, second)
  await hub.trigger(new Go())
  assert.equal(
    errors.map(({ handler }) => handler),
    [second],
  )
})

// --- Counting

test('handlers are in flight until they have ended, however that was', async () => {
  const { hub } = hubbed()
  const gates = [deferred(), deferred(), deferred()]
  hub.listen(Go, ({ n }) => gates[n as number]?.promise)
  const triggered = gates.map((_, n) => hub.trigger(new Go({ n })))
  assert.is(inFlight(hub), 3)
  gates[1]?.reject(new Error('no'))
  await triggered[1]
  assert.is(inFlight(hub), 2)
  gates[0]?.resolve()
  await triggered[0]
  assert.is(inFlight(hub), 1)
  // The last one never ends.
})

test('what ends after the figures were taken over by others takes nothing away from theirs', async () => {
  const { hub } = hubbed()
  const [before, after] = [deferred(), deferred()]
  hub.listen(Go, ({ n }) => (n === 0 ? before.promise : after.promise))
  const first = hub.trigger(new Go({ n: 0 }))
  hub.tallies.forgetFlights()
  const second = hub.trigger(new Go({ n: 1 }))
  before.resolve()
  await first
  assert.is(inFlight(hub), 1)
  after.resolve()
  await second
  assert.is(inFlight(hub), 0)
})

// --- The log, and replays

test('each event is logged in its own words, before its handlers run', async () => {
  const { hub, records } = hubbed()
  class Shout extends Event {
    override toString(): string {
      return 'Somebody shouts'
    }
  }
  let logged: string[] = []
  hub.listen(Shout, () => {
    logged = records.all.filter(({ channel }) => channel === 'event').map(({ message }) => message)
  })
  await hub.trigger(new Shout())
  assert.equal(logged, ['Somebody shouts'])
})

test('before there is a log, events are triggered all the same', async () => {
  const hub = new EventHub<unknown, string>(SERVICE)
  hub.listen(Go, () => Promise.reject(new Error('no')))
  await hub.trigger(new Go())
})

test('what a replayed handler triggers has come before: it is neither logged nor counted, and its failures are known', async () => {
  const { hub, errors, records } = hubbed()
  let ran = 0
  hub.listen(Go, () => {
    ran += 1
    throw new Error('no')
  })
  const context = new Context({}, 'muted')
  await runIn(context, () => hub.trigger(new Go()))
  assert.is(ran, 1, 'it runs, to bring it to where it was')
  assert.equal(errors, [])
  assert.equal(records.all, [])
  assert.is(inFlight(hub), 0)
  context.unmute()
  await runIn(context, () => hub.trigger(new Go()))
  assert.is(errors.length, 1)
  assert.ok(records.all.length > 0)
})

test('one that a replayed handler triggers and that never ends is not in flight for ever', async () => {
  const { hub } = hubbed()
  hub.listen(Go, () => new Promise(() => {}))
  const context = new Context({}, 'muted')
  runIn(context, () => void hub.trigger(new Go()))
  await turns()
  assert.is(inFlight(hub), 0)
  context.unmute()
})

test.run()
