import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ClientDisconnectedError } from '../../lib/client/errors.js'
import { Inbox, type InboxOwner } from '../../lib/client/inbox.js'
import { systemClock } from '../../lib/clock.js'
import { InvalidOptionError, TimeoutError } from '../../lib/errors.js'
import { defaultLimits } from '../../lib/limits.js'
import { Executor } from '../../lib/runtime/executor.js'
import { rejection, turns } from '../support/service.js'

function setUp(limits = {}, lineBudget = 256): { inbox: Inbox<string>; log: string[] } {
  const log: string[] = []
  const owner: InboxOwner = {
    executor: new Executor({ lineBudget }),
    clock: systemClock,
    limits: { ...defaultLimits, ...limits },
    inboxFull: (limit) => void log.push(`full: ${limit}`),
    inboxHasRoom: () => void log.push('room'),
    inboxEnding: () => void log.push('ending'),
    inboxEnded: () => void log.push('ended'),
    inboxDrained: () => void log.push('drained'),
    inboxRan: () => {},
    disconnected: () => new ClientDisconnectedError('Client #1'),
    toString: () => 'Client #1',
  }
  return { inbox: new Inbox<string>(owner), log }
}

/** As the line protocol does. */
function push(inbox: Inbox<string>, line: string): void {
  inbox.push(line, Buffer.byteLength(line))
}

/** What the session gets next. */
function rest(inbox: Inbox<string>): Promise<unknown> {
  return new Promise((take) => inbox.rest({ take }))
}

test('waiters are served first come, first served; the session last (rule 10)', async () => {
  const { inbox } = setUp()
  const got: string[] = []
  const note = (who: string) => (line: unknown) => void got.push(`${who}: ${line}`)
  void rest(inbox).then(note('session'))
  void inbox.next().then(note('first'))
  void inbox.next().then(note('second'))
  for (const line of ['1', '2', '3']) push(inbox, line)
  await turns(6)
  assert.equal(got, ['first: 1', 'second: 2', 'session: 3'])
})

test('the session is given no line that a handler waits for', async () => {
  const { inbox } = setUp()
  const waiting = inbox.next()
  push(inbox, 'for the handler')
  assert.is(inbox.poll(), undefined)
  assert.is(await waiting, 'for the handler')
})

test('lines that are there are had at once within the budget, and in a later turn beyond it (rule 17)', async () => {
  const { inbox } = setUp({}, 3)
  const perTurn: number[] = []
  let count = 0
  for (let i = 0; i < 8; i++) push(inbox, String(i))
  const reader = (async () => {
    for (let i = 0; i < 8; i++) {
      assert.is(await inbox.next(), String(i))
      count += 1
    }
  })()
  while (count < 8) {
    const before = count
    await turns(1)
    if (count > before) perTurn.push(count - before)
  }
  await reader
  assert.ok(Math.max(...perTurn) <= 3, `lines a turn: ${perTurn}`)
})

test('a wait that times out or is aborted loses no line (rule 10)', async () => {
  const { inbox } = setUp()
  const controller = new AbortController()
  const aborted = inbox.next({ signal: controller.signal })
  const late = inbox.next({ timeout: 1 })
  const patient = inbox.next()
  controller.abort(new Error('never mind'))
  assert.match(String(await rejection(aborted)), 'never mind')
  const error = await rejection(late)
  assert.instance(error, TimeoutError)
  assert.match(String(error), /Waiting for a line of Client #1 took longer than .* 1 ms/)
  push(inbox, 'line')
  assert.is(await patient, 'line')
})

test('a signal that has aborted already ends the wait before it begins', async () => {
  const { inbox } = setUp()
  push(inbox, 'line')
  const error = await rejection(inbox.next({ signal: AbortSignal.abort('no') }))
  assert.is(error, 'no')
  assert.is(inbox.unread, 1)
})

test('a signal that is none is refused by name; null is as good as none', async () => {
  const { inbox } = setUp()
  const waiting = inbox.next({ signal: null as never })
  push(inbox, 'line')
  assert.is(await waiting, 'line')
  for (const signal of [{}, 'signal', new AbortController()]) {
    const error = await rejection(inbox.next({ signal: signal as never }))
    assert.instance(error, InvalidOptionError)
    assert.match(String(error), /signal: .*expected an AbortSignal/)
  }
})

test('a timeout that is none is refused by name', async () => {
  const { inbox } = setUp()
  for (const timeout of [-1, Number.NaN, 'soon' as unknown as number, Object.create(null) as number]) {
    const error = await rejection(inbox.next({ timeout }))
    assert.instance(error, InvalidOptionError)
    assert.match(String(error), /timeout/)
  }
})

test('a wait that got its line leaves nothing behind on its signal', async () => {
  const { inbox } = setUp()
  const controller = new AbortController()
  let listeners = 0
  const { signal } = controller
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1
    remove(...args)
  }
  const waiting = inbox.next({ signal, timeout: 60_000 })
  assert.is(listeners, 1)
  push(inbox, 'line')
  await waiting
  assert.is(listeners, 0)
})

test('after the end unread lines are still delivered; then every wait is told (rule 12)', async () => {
  const { inbox, log } = setUp()
  push(inbox, '1')
  push(inbox, '2')
  inbox.end()
  push(inbox, 'too late')
  await turns()
  assert.equal(log, ['ending'])
  assert.is(await inbox.next(), '1')
  assert.is(await inbox.next(), '2')
  await turns()
  assert.equal(log, ['ending', 'ended'])
  for (let i = 0; i < 2; i++) {
    const error = await rejection(inbox.next())
    assert.instance(error, ClientDisconnectedError)
    assert.match(String(error), /Client #1 has disconnected/)
  }
  assert.is(await rest(inbox), undefined)
})

test('a handler that asks for lines for ever after the end starves nobody', async () => {
  const { inbox } = setUp()
  inbox.end()
  let asked = 0
  let stop = false
  const stubborn = (async () => {
    while (!stop) {
      asked += 1
      await inbox.next().catch(() => {})
    }
  })()
  await turns(10)
  stop = true
  await stubborn
  assert.ok(asked <= 12, `asked ${asked} times in 10 turns`)
})

test('close drops what is unread and ends', async () => {
  const { inbox } = setUp()
  push(inbox, '1')
  const late = rest(inbox)
  push(inbox, '2')
  inbox.close()
  assert.is(inbox.unread, 0)
  assert.is(await late, undefined)
})

test('nothing is given out while it is held, and all of it afterwards', async () => {
  const { inbox } = setUp()
  inbox.hold()
  push(inbox, '1')
  let line: string | undefined
  void inbox.next().then((got) => {
    line = got
  })
  await turns()
  assert.is(line, undefined)
  assert.is(inbox.poll(), undefined)
  inbox.release()
  await turns()
  assert.is(line, '1')
})

test('a draining inbox ends the session and goes on serving handlers', async () => {
  const { inbox, log } = setUp()
  assert.is(inbox.drain(), true, 'nobody waits as the session: it is in a handler')
  for (const line of ['1', '2']) push(inbox, line)
  assert.is(inbox.poll(), undefined)
  assert.is(await inbox.next(), '1')
  assert.is(await rest(inbox), undefined)
  assert.equal([inbox.finished, log], [true, ['drained', 'ended']], 'what the session was to get is dropped')
  const { inbox: idle } = setUp()
  void rest(idle)
  assert.is(idle.drain(), false)
})

test('more unread lines or bytes than the limit is told once, and room at half of it (rule 19)', async () => {
  for (const [limits, name] of [
    [{ maxUnreadLines: 4 }, 'maxUnreadLines'],
    [{ maxUnreadBytes: 40 }, 'maxUnreadBytes'],
  ] as const) {
    const { inbox, log } = setUp(limits)
    for (let i = 0; i < 4; i++) push(inbox, 'x'.repeat(10))
    assert.equal(log, [])
    for (let i = 0; i < 3; i++) push(inbox, 'x'.repeat(10))
    assert.equal(log, [`full: ${name}`])
    for (let left = 6; left > 2; left--) {
      await inbox.next()
      assert.equal(log, [`full: ${name}`])
    }
    await inbox.next()
    await turns(1)
    assert.equal(log, [`full: ${name}`, 'room'])
  }
})

test('lines that have been read count no more, however long they were (rule 19)', async () => {
  const { inbox, log } = setUp({ maxUnreadBytes: 40 })
  for (const length of [40, 1, 30, 2]) {
    push(inbox, 'x'.repeat(length))
    await inbox.next()
  }
  for (let i = 0; i < 4; i++) push(inbox, 'x'.repeat(10))
  assert.equal(log, [])
  push(inbox, 'x')
  assert.equal(log, ['full: maxUnreadBytes'])
})

// --- Any sequence of push, next, abort and end, against the simplest model of it

type Step = { kind: 'push' | 'next' | 'end' | 'turn' } | { kind: 'abort'; which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ kind: 'push' }) },
  { weight: 4, arbitrary: fc.constant<Step>({ kind: 'next' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'turn' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('abort' as const), which: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'end' }) },
)

test('in any sequence each line reaches one waiter, in order, and each wait ends once (rules 10 and 12)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { inbox } = setUp({}, 4)
      const pushed: string[] = []
      const waits: { controller: AbortController; outcome: string | undefined }[] = []
      let ended = false
      for (const [i, { kind, ...rest }] of steps.entries()) {
        if (kind === 'push') {
          if (!ended) pushed.push(`line ${i}`)
          push(inbox, `line ${i}`)
        } else if (kind === 'next') {
          const wait: (typeof waits)[number] = { controller: new AbortController(), outcome: undefined }
          const settle = (outcome: string) => {
            assert.is(wait.outcome, undefined, 'settled twice')
            wait.outcome = outcome
          }
          inbox.next({ signal: wait.controller.signal }).then(settle, (error) => settle(error.name))
          waits.push(wait)
        } else if (kind === 'abort') {
          waits[(rest as { which: number }).which % (waits.length || 1)]?.controller.abort()
        } else if (kind === 'end') {
          ended = true
          inbox.end()
        } else {
          await turns(1)
        }
      }
      inbox.end()
      await turns(2 + waits.length)
      const outcomes = waits.map(({ outcome }) => outcome)
      assert.not.ok(outcomes.includes(undefined), 'a wait never ended')
      const delivered = outcomes.filter((outcome) => outcome?.startsWith('line '))
      // Waits were made in order and lines are given in order, so what was delivered is the beginning of what came.
      assert.equal(delivered, pushed.slice(0, delivered.length))
      assert.equal(inbox.snapshot(), pushed.slice(delivered.length))
      const gone = outcomes.indexOf('ClientDisconnectedError')
      if (gone !== -1) {
        assert.is(delivered.length, pushed.length, 'told that it is over while lines were left')
        assert.not.ok(outcomes.slice(gone).some((outcome) => outcome?.startsWith('line ')))
      }
    }),
  )
})

test.run()
