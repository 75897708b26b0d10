import { type Client, events, Service } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isEventClass } from '../../lib/events/event.js'

class Shout extends events.Event<{ text: string; volume?: number }> {}

test('an event has the properties that its constructor is given, and handlers may change them (rule 1)', () => {
  const event = new Shout({ text: 'Hey' })
  assert.is(event.text, 'Hey')
  event.text = 'HEY'
  event.volume = 11
  assert.equal({ ...event }, { text: 'HEY', volume: 11 })
})

test('stop() marks an event as stopped (rule 1)', () => {
  const event = new Shout({ text: '' })
  assert.is(event.stopped, false)
  event.stop()
  assert.is(event.stopped, true)
})

test('an event is described by its toString, its class, or the name of its class (rule 1)', () => {
  class Described extends Shout {
    static override readonly description = 'Somebody shouts'
  }
  class Telling extends Shout {
    override toString(): string {
      return `Shout: ${this.text}`
    }
  }
  assert.is(String(new Shout({ text: 'a' })), 'Shout')
  assert.is(String(new Described({ text: 'a' })), 'Somebody shouts')
  assert.is(String(new Telling({ text: 'a' })), 'Shout: a')
  assert.is(String(new (class extends Described {})({ text: 'a' })), 'Somebody shouts')
})

test('the events of clients name the client', () => {
  const client = { toString: () => 'Client #7' } as unknown as Client
  assert.is(String(new events.Connect({ client })), 'Client connected: Client #7')
  assert.is(
    String(new events.LimitExceeded({ limit: 'maxConnections', max: 5, remoteAddress: '192.0.2.1' })),
    'Limit maxConnections (5) exceeded by 192.0.2.1',
  )
})

test('the catalogue hangs together by inheritance (rule 7)', () => {
  const children: [object, (abstract new (...args: never[]) => object)[]][] = [
    [
      events.Service,
      [
        events.PreStart,
        events.PostStart,
        events.PreStop,
        events.PostStop,
        events.PreRestart,
        events.PostRestart,
      ],
    ],
    [events.Server, [events.ListenStart, events.ListenStop, events.Suspend]],
    [events.Client, [events.Connect, events.Receive, events.Disconnect]],
    [events.Event, [events.Service, events.Server, events.Client, events.HandlerError, events.LimitExceeded]],
  ]
  for (const [parent, classes] of children) {
    for (const child of classes) assert.is(Object.getPrototypeOf(child), parent, `${child.name}`)
  }
})

test('an event has no members but those that programs use', () => {
  const members = Object.getOwnPropertyNames(events.Event.prototype).sort()
  assert.equal(members, ['caught', 'constructor', 'stop', 'stopped', 'toString'])
  assert.equal(Object.getOwnPropertyNames(events.Event).sort(), [
    'description',
    'length',
    'name',
    'prototype',
  ])
  assert.equal(Object.keys(new events.Event()), [])
})

test('only Event and what extends it are event classes', () => {
  for (const yes of [events.Event, events.Client, Shout]) assert.ok(isEventClass(yes))
  for (const no of [undefined, null, 42, 'Connect', {}, () => {}, class {}, new Shout({ text: '' })]) {
    assert.not(isEventClass(no))
  }
})

test('a service is on every event that it triggers (rule 1)', async () => {
  const service = new Service()
  const event = await service.trigger(new Shout({ text: 'a' }))
  assert.is(event.service, service)
})

test.run()
