// The channels themselves are in spec/observability/channels.spec.ts: here is what the dispatcher is given.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { memoryPair, Service } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ClientDisconnectedError } from '../../lib/client/errors.js'
import { Context, runIn } from '../../lib/conversation/context.js'
import { Event } from '../../lib/events/event.js'
import type { EventMessage, HandlerMessage } from '../../lib/observability/channels.js'
import type { Binding } from '../../lib/runtime/binding.js'
import { traced } from '../../lib/runtime/tracing.js'
import { rejection, turns } from '../support/service.js'

class Go extends Event<{ client?: unknown }> {}

/** A binding of a handler to what it does. */
function binding(handler: unknown, start: Binding['start']): Binding {
  return { eventClass: Event, handler, start }
}

/** What is told while `body` runs: `event Go`, `start first`, `error first`. */
async function toldDuring(body: () => unknown): Promise<string[]> {
  const told: string[] = []
  const onEvent = (message: unknown): void => {
    const { event, client } = message as EventMessage
    told.push(`event ${event}${client === undefined ? '' : ` of ${client}`}`)
  }
  const listeners = (['start', 'end', 'asyncEnd', 'error'] as const).map((part) => {
    const listener = (message: unknown): void => {
      const { handler, replayed } = message as HandlerMessage
      told.push(`${part} ${handler}${replayed ? ' (replayed)' : ''}`)
    }
    return [`tracing:mara:handler:${part}`, listener] as const
  })
  const all = [['mara:event', onEvent] as const, ...listeners]
  for (const [name, listener] of all) subscribe(name, listener)
  try {
    await body()
  } finally {
    for (const [name, listener] of all) unsubscribe(name, listener)
  }
  return told
}

function first(): void {}
function second(): void {}

test('the event is told at once, and each handler when it is started: one that is stopped before it is never told', async () => {
  const told = await toldDuring(() => {
    const event = new Go()
    const [one] = traced(
      [binding(first, () => undefined), binding(second, () => undefined)],
      event,
      undefined,
    )
    one?.start(event, [])
  })
  assert.equal(told, ['event Go', 'start first', 'end first'])
})

test('a traced handler gets what it would get untraced, and gives back what it would', async () => {
  const event = new Go()
  const seen: unknown[] = []
  const watch = { place: undefined, make: <T>(handler: () => T) => handler(), stepDone: () => {} }
  const start: Binding['start'] = (...args) => {
    seen.push(...args)
    return undefined
  }
  const args = [1, 2]
  const [bound] = traced([binding(first, start)], event, undefined)
  assert.is(bound?.start(event, args, watch), undefined, 'nothing to await stays nothing to await')
  assert.equal(seen, [event, args, watch])
  assert.is(bound?.handler, first)
  const [later] = traced([binding(first, () => Promise.resolve('done'))], event, undefined)
  assert.is(await later?.start(event, []), 'done')
})

test('what a handler throws, now or later, is thrown as it is, and told', async () => {
  const event = new Go()
  const fault = new Error('no')
  const told = await toldDuring(async () => {
    const [now, later] = traced(
      [
        binding(first, () => {
          throw fault
        }),
        binding(second, () => Promise.reject(fault)),
      ],
      event,
      undefined,
    )
    assert.throws(
      () => now?.start(event, []),
      (error: unknown) => error === fault,
    )
    assert.is(await rejection(later?.start(event, []) as Promise<void>), fault)
  })
  assert.equal(
    told.filter((what) => what.startsWith('error')),
    ['error first', 'error second'],
  )
})

test("the end of the event's own client is no failure of its handler, that of another one is", async () => {
  const [one, other] = [{ toString: () => 'one' }, { toString: () => 'other' }]
  const event = new Go({ client: one })
  for (const [gone, fails] of [
    [one, false],
    [other, true],
  ] as const) {
    const told = await toldDuring(async () => {
      const start = (): Promise<void> => Promise.reject(new ClientDisconnectedError(gone))
      const [bound] = traced([binding(first, start)], event, undefined)
      await rejection(bound?.start(event, []) as Promise<void>)
    })
    assert.is(told.includes('error first'), fails)
  }
})

test('an event of a client is told with its number, and one of something else that is called client without', async () => {
  const service = new Service()
  await service.start({ servers: [], log: false, store: 'memory' })
  const [ours, theirs] = memoryPair()
  const client = service.accept(ours)
  const told = await toldDuring(() => {
    traced([], new Go({ client }), undefined)
    traced([], new Go({ client: { id: 5 } }), undefined)
    traced([], new Go(), undefined)
  })
  assert.equal(told, [`event Go of ${client.id}`, 'event Go', 'event Go'])
  theirs.destroy()
  await service.stop({ drain: 0 })
})

test('of a handler that another process has begun the event is not told again, and it alone counts as replayed', async () => {
  const told = await toldDuring(() => {
    const event = new Go()
    for (const bound of traced([binding(first, () => undefined), binding(second, () => undefined)], event, 0))
      bound.start(event, [])
  })
  assert.equal(told, ['start first (replayed)', 'end first (replayed)', 'start second', 'end second'])
})

test('an event within a replayed conversation was told of before, and all of its handlers count as replayed', async () => {
  const context = new Context({}, 'muted')
  const told = await toldDuring(() =>
    runIn(context, () => {
      const event = new Go()
      for (const bound of traced([binding(first, () => undefined)], event, undefined)) bound.start(event, [])
    }),
  )
  context.unmute()
  assert.equal(told, ['start first (replayed)', 'end first (replayed)'])
})

test('a handler that was begun while it was traced is told of to its end, and one that never ends is not', async () => {
  const told = await toldDuring(async () => {
    const event = new Go()
    const [ends, never] = traced(
      [binding(first, () => turns(1)), binding(second, () => new Promise(() => {}))],
      event,
      undefined,
    )
    void never?.start(event, [])
    await ends?.start(event, [])
  })
  assert.equal(told.slice(1), ['start second', 'end second', 'start first', 'end first', 'asyncEnd first'])
})

test.run()
