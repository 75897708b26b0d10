// What a whole service makes of this is in spec/conversation and spec/scenarios: here is one client without a session.
import type { Client as ClientType } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AnyClient, channelOf } from '../../../lib/client/client.js'
import { Connect } from '../../../lib/events/catalogue.js'
import { Conversations } from '../../../lib/runtime/conversations/conversations.js'
import { EventHub } from '../../../lib/runtime/event-hub.js'
import { Executor } from '../../../lib/runtime/executor.js'
import { memoryInUse } from '../../support/gc.js'
import { memoryClient } from '../../support/memory-client.js'
import { turns } from '../../support/service.js'

type Talk = (client: ClientType) => unknown

/** What a process has: its conversations, and a client whose `Connect` is handled. */
function processOf(talk: Talk, { maxJournal = 100, maxJournalBytes = 100_000 } = {}) {
  const executor = new Executor()
  const hub = new EventHub<unknown, string>({})
  hub.listen(Connect, async function talks({ client }) {
    await talk(client as never)
  })
  const warnings: string[] = []
  const touched: AnyClient[] = []
  const conversations = new Conversations({
    settings: { maxJournal, maxJournalBytes },
    executor,
    events: hub,
    names: { nameOf: () => undefined, named: () => undefined, revive: () => undefined } as never,
    sealer: { seal: (text) => text, unseal: (text) => text },
    touch: (client) => void touched.push(client),
    warn: (message) => void (warnings.includes(message) || warnings.push(message)),
  })
  const newClient = () => {
    const { client, peer } = memoryClient({ executor })
    peer.resume()
    /** Sends lines, and waits until all that comes of them has come. */
    const say = async (text: string): Promise<void> => {
      peer.write(text)
      await turns(10)
    }
    /** Its handlers run as its session would have them run. */
    const connect = (): { ended: Promise<unknown>; event: WeakRef<Connect> } => {
      const event = new Connect({ client: client as never })
      const pending = hub.dispatch(event, undefined, undefined, conversations.begin(client, event))
      const ended = Promise.resolve(pending).finally(() => conversations.end(client))
      return { ended, event: new WeakRef(event) }
    }
    return { client, say, connect }
  }
  return { conversations, warnings, touched, hub, newClient, ...newClient() }
}

test('an event is kept no longer than its handlers run: it may have a long line, or a secret', async () => {
  const { connect, say, client } = processOf((client) => client.nextLine())
  const { ended, event } = connect()
  await turns()
  await memoryInUse()
  assert.ok(event.deref(), 'while they run')
  await say('hello\r\n')
  await ended
  await memoryInUse()
  assert.is(event.deref(), undefined)
  assert.ok(client.connected)
})

/** What the edge has of a journal after changes. */
function applied(text: string, change: { keep: number; text: string } | undefined): string {
  return change === undefined ? text : Buffer.from(text).subarray(0, change.keep).toString() + change.text
}

const questions =
  (said: string[]): Talk =>
  async (client) => {
    said.push(`name ${await client.nextLine()}`)
    said.push(`city ${await client.nextLine()}`)
  }

/** The journal of somebody who has given a name. */
async function halfway(talk = questions([])): Promise<string> {
  const { conversations, client, connect, say } = processOf(talk)
  void connect()
  await say('ann\n')
  return applied('', conversations.changeOf(client))
}

// --- Written down

test('what a handler asks and is given is told once, and nothing where nothing is new', async () => {
  const { conversations, client, connect, say, touched } = processOf(questions([]))
  assert.is(conversations.changeOf(client), undefined)
  void connect()
  await turns(10)
  const first = conversations.changeOf(client)
  assert.is(first?.keep, 0)
  assert.is(conversations.changeOf(client), undefined)
  assert.ok(touched.length > 0)
  await say('ann\n')
  const second = conversations.changeOf(client)
  assert.is(second?.keep, Buffer.byteLength(first?.text ?? ''))
  assert.match(second?.text ?? '', 'ann')
  assert.not.match(second?.text ?? '', 'talks')
})

test('when the handlers have run nothing of their conversation is left', async () => {
  const { conversations, client, connect, say } = processOf(questions([]))
  const { ended } = connect()
  await say('ann\n')
  conversations.changeOf(client)
  await say('rome\n')
  await ended
  assert.equal(conversations.changeOf(client), { keep: 0, text: '' })
  assert.is(conversations.changeOf(client), undefined)
  conversations.end(client)
  assert.is(conversations.changeOf(client), undefined)
})

test('a client that has never been asked anything has no conversation to end', () => {
  const { conversations, client } = processOf(() => {})
  conversations.end(client)
  assert.is(conversations.changeOf(client), undefined)
})

test('a conversation that is too long is given up, and said so in the same words for all clients of its handler', async () => {
  const { conversations, newClient, warnings } = processOf(
    async (client) => {
      for await (const _ of client) {
      }
    },
    { maxJournal: 2 },
  )
  for (let i = 0; i < 2; i++) {
    const { client, connect, say } = newClient()
    void connect()
    await say('1\n2\n')
    assert.match(applied('', conversations.changeOf(client)), '"2"')
    await say('3\n')
    assert.equal(conversations.changeOf(client), { keep: 0, text: '' })
    await say('4\n')
    assert.is(conversations.changeOf(client), undefined)
  }
  assert.is(warnings.length, 1)
  assert.match(
    warnings[0] ?? '',
    /with the handler talks of Connect has become longer .* maxJournal \(2 answers\)/,
  )
})

// --- In the next process

for (const isPrepared of [false, true]) {
  test(`a handler is brought to where it was ${isPrepared ? 'with a journal that was read ahead' : 'at once'}, and goes on from there when it is released`, async () => {
    const journal = await halfway()
    const said: string[] = []
    const { conversations, client, say, touched } = processOf(questions(said))
    if (isPrepared) conversations.prepare(client, journal)
    const replayed = conversations.replay(client, journal, '{"n":1}', undefined)
    assert.is(await replayed.outcome, undefined)
    assert.equal(said, ['name ann'])
    replayed.catchUp()
    assert.equal(client.state, { n: 1 })
    replayed.resumed?.release()
    await say('rome\n')
    await replayed.resumed?.ended
    assert.equal(said, ['name ann', 'city rome'])
    // Only what is new since then goes over the wire.
    const change = conversations.changeOf(client)
    assert.is(change?.keep, Buffer.byteLength(journal))
    assert.match(change?.text ?? '', 'rome')
    assert.ok(touched.includes(client))
  })
}

test('nobody is told anything, and no line is taken, before the handler is released', async () => {
  const journal = await halfway()
  const said: string[] = []
  const { conversations, client, say } = processOf(questions(said))
  const replayed = conversations.replay(client, journal, '{}', undefined)
  await replayed.outcome
  replayed.catchUp()
  await say('rome\n')
  assert.equal(said, ['name ann'])
  assert.is(client.unread, 1)
  replayed.resumed?.release()
  await turns(10)
  assert.equal(said, ['name ann', 'city rome'])
})

test('a handler that asks for something else is told of, and leaves its client as it was', async () => {
  const journal = await halfway()
  const { conversations, client } = processOf(async (client) => {
    client.state = { changed: true }
    await client.ask('Password: ')
  })
  const replayed = conversations.replay(client, journal, '{"n":1}', undefined)
  const divergence = await replayed.outcome
  assert.equal([divergence?.event, divergence?.handler, divergence?.question], ['Connect', 'talks', 0])
  assert.is(divergence?.client, String(client))
  replayed.drop()
  assert.equal(client.state, { n: 1 })
  assert.not(channelOf(client).inbox.awaited)
  assert.equal(conversations.changeOf(client), { keep: 0, text: '' })
})

for (const [what, damage] of [
  ['is cut off', (journal: string) => journal.slice(0, -1)],
  ['is no JSON', () => 'hello\n'],
  ['is of a handler that there is no more', (journal: string) => journal.replace('talks', 'walks')],
] as const) {
  test(`a journal that ${what} is a divergence and no fault, prepared or not, and is of no use to anybody from then on`, async () => {
    for (const isPrepared of [false, true]) {
      const journal = damage(await halfway())
      const said: string[] = []
      const { conversations, client, warnings } = processOf(questions(said))
      if (isPrepared) conversations.prepare(client, journal)
      const replayed = conversations.replay(client, journal, '{}', undefined)
      assert.is(replayed.resumed, undefined)
      const divergence = await replayed.outcome
      assert.is(divergence?.client, String(client))
      assert.ok((divergence?.reason ?? '').length > 0)
      assert.equal([said, warnings], [[], []])
      replayed.catchUp()
      replayed.resumed?.release()
      replayed.drop()
      assert.equal(conversations.changeOf(client), { keep: 0, text: '' })
    }
  })
}

test('a journal that is of no use is forgotten with the edge, too', async () => {
  const journal = await halfway()
  const { conversations, client, connect, say } = processOf(questions([]))
  conversations.forget(client, journal)
  assert.equal(conversations.changeOf(client), { keep: 0, text: '' })
  // What is asked now begins a journal of its own.
  void connect()
  await say('bob\n')
  const text = applied(journal, conversations.changeOf(client))
  assert.match(text, 'bob')
  assert.not.match(text, 'ann')
})

test('a conversation that was replayed is replayed once more, in a third process', async () => {
  let journal = await halfway()
  const second = processOf(questions([]))
  const replayed = second.conversations.replay(second.client, journal, '{}', undefined)
  await replayed.outcome
  replayed.catchUp()
  replayed.resumed?.release()
  await turns(10)
  journal = applied(journal, second.conversations.changeOf(second.client))
  const said: string[] = []
  const third = processOf(questions(said))
  assert.is(await third.conversations.replay(third.client, journal, '{}', undefined).outcome, undefined)
  assert.equal(said, ['name ann'])
})

test.run()
