import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { AnyClient } from '../../../lib/client/client.js'
import type { SavedClient } from '../../../lib/runtime/client-state.js'
import { type CutShort, Replays } from '../../../lib/runtime/conversations/replays.js'
import type { Replayed } from '../../../lib/runtime/conversations/session-conversation.js'
import type { DivergenceReport } from '../../../lib/runtime/edge-port.js'
import { newProgress, type Progress } from '../../../lib/runtime/progress.js'
import { deferred, turns } from '../../support/service.js'

const DIVERGENCE: DivergenceReport = { client: '', event: '', handler: '', question: 0, reason: 'no' }

/** Handlers to be replayed, and what was done with them, in order. */
function replaying() {
  const done: string[] = []
  const outcomes = new Map<number, ReturnType<typeof deferred<DivergenceReport | undefined>>>()
  const replays = new Replays({
    conversations: {
      replay({ id }: AnyClient, journal: string, state: string, data: string | undefined): Replayed {
        done.push(`begin ${id}${journal && ` ${journal} ${state} ${data}`}`)
        const noted = (what: string) => (): void => void done.push(`${what} ${id}`)
        const { promise } = outcomes.get(id) as { promise: Promise<undefined> }
        const [catchUp, release, drop] = [noted('catch up'), noted('release'), noted('drop')]
        const resumed = { event: { id } as never, ended: Promise.resolve(), release }
        return { resumed, outcome: promise, catchUp, retry: () => undefined, drop }
      },
    } as never,
    edge: {
      handling: ({ id }: { id: number }, isDone: boolean) => done.push(`handling ${id} ${isDone}`),
      handlingLater: ({ id }: { id: number }) => done.push(`${id} waits`),
    } as never,
    diverged: ({ client }, { reason }) => void done.push(`diverged ${client.id}: ${reason}`),
  })
  const add = (
    id: number,
    { deaths = 0, journal = '', ...more }: { deaths?: number; journal?: string } & Partial<SavedClient> = {},
  ): CutShort => {
    const progress: Progress = { ...newProgress(), at: 'idle', data: 'line', again: true }
    const saved = { id, at: 'receive', state: '{}', progress, ...more } as SavedClient
    const cut = { client: { id } as AnyClient, connection: { id, deaths } as never, saved, journal }
    outcomes.set(id, deferred())
    replays.add(cut)
    return cut
  }
  const ends = (id: number, divergence?: DivergenceReport): void => outcomes.get(id)?.resolve(divergence)
  return { replays, done, add, ends }
}

test('a handler is run again with its journal, the state of its client, and the line that it handles', async () => {
  const { replays, done, add, ends } = replaying()
  add(1, { journal: 'journal', state: '{"a":1}' })
  ends(1)
  await replays.run()
  assert.is(done[0], 'begin 1 journal {"a":1} line')
})

test('all begin before any has to be where it was, and none is served before all of them are', async () => {
  const { replays, done, add, ends } = replaying()
  for (const id of [1, 2, 3]) add(id)
  let over = false
  const running = replays.run().then(() => {
    over = true
  })
  await turns()
  assert.equal(done, ['begin 1', 'begin 2', 'begin 3'])
  ends(3)
  ends(1)
  await turns()
  assert.not(over)
  ends(2)
  await running
  assert.ok(replays.any)
  assert.equal(done.slice(3), ['catch up 3', 'catch up 1', 'catch up 2'])
})

test('thousands begin a few at a time: whatever else is due in this process comes in between', async () => {
  const { replays, done, add, ends } = replaying()
  for (let id = 1; id <= 100; id++) {
    add(id)
    ends(id)
  }
  const begun = (): number => done.filter((what) => what.startsWith('begin')).length
  const running = replays.run()
  assert.ok(begun() < 100)
  await running
  assert.is(begun(), 100)
})

test('a handler that is where it was goes on in its session, with the event that it has', async () => {
  const { replays, add, ends } = replaying()
  const { saved } = add(1, { at: 'connect' })
  ends(1)
  assert.equal(await replays.run(), [])
  const { at, again, event, resumed } = saved.progress
  assert.equal([at, again], ['connect', false])
  assert.is(resumed?.event, event)
  assert.is((event as never as { id: number }).id, 1)
})

test('one that has left its way begins as it would have without a replay, and is told of; the others are as they were', async () => {
  const { replays, done, add, ends } = replaying()
  const lost = add(1)
  // Until its turn comes it is where it was: should this process die as well, the next one goes by that.
  assert.is(lost.saved.progress.at, 'receive')
  const before = { ...lost.saved.progress, at: 'idle' }
  const well = add(2)
  ends(1, DIVERGENCE)
  ends(2)
  assert.equal(await replays.run(), [{ ...DIVERGENCE, line: 'line' }])
  assert.equal(lost.saved.progress, before)
  assert.is.not(well.saved.progress.resumed, undefined)
  const own = done.filter((what) => / 1\b/.test(what))
  assert.equal(own, ['begin 1', 'drop 1', 'diverged 1: no'])
})

test('those whose input may have ended the process come last, one by one, and the edge knows which one it is', async () => {
  const { replays, done, add, ends } = replaying()
  add(1, { deaths: 1 })
  add(2)
  add(3, { deaths: 1 })
  const running = replays.run()
  await turns()
  assert.equal(done, ['begin 2'])
  ends(2)
  await turns()
  assert.equal(done.slice(2), ['handling 1 false', 'begin 1'])
  ends(1, DIVERGENCE)
  await turns()
  assert.equal(done.slice(6), ['1 waits', 'handling 3 false', 'begin 3'])
  ends(3)
  assert.equal(await running, [{ ...DIVERGENCE, line: 'line' }])
  // That all went well is said when it has been served.
  assert.not(done.some((what) => what.endsWith('true')))
})

test('the line that it handles is told of, cut where it is long, and not where it is none or was typed hidden', async () => {
  const line = async (more: Partial<SavedClient>): Promise<string | undefined> => {
    const { replays, add, ends } = replaying()
    add(1, more)
    ends(1, DIVERGENCE)
    return (await replays.run())[0]?.line
  }
  const handling = (data: string | Uint8Array): Partial<SavedClient> => ({
    progress: { ...newProgress(), at: 'idle', data },
  })
  assert.is(await line(handling('duel bob')), 'duel bob')
  assert.is(await line(handling('x'.repeat(41))), `${'x'.repeat(40)}...`)
  assert.is(await line({ at: 'connect' }), undefined)
  assert.is(await line({ hidden: true }), undefined)
  assert.is(await line(handling(Uint8Array.of(1))), undefined)
})

test('a handler that is where it was is released by its session, when its turn has come', async () => {
  const { replays, done, add, ends } = replaying()
  const { saved } = add(1)
  assert.not(replays.any)
  ends(1)
  await replays.run()
  assert.ok(replays.any)
  assert.not(done.includes('release 1'))
  saved.progress.resumed?.release()
  assert.ok(done.includes('release 1'))
})

test('where nothing was cut short there is nothing to do, and what was run is not run again', async () => {
  const { replays, done, add, ends } = replaying()
  assert.equal(await replays.run(), [])
  assert.not(replays.any)
  add(1)
  ends(1)
  await replays.run()
  done.length = 0
  assert.equal(await replays.run(), [])
  assert.equal(done, [])
})

test.run()
