import type { Duplex } from 'node:stream'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { AnyClient } from '../../../lib/client/client.js'
import { Executor } from '../../../lib/runtime/executor.js'
import { newProgress, type Progress } from '../../../lib/runtime/progress.js'
import { Suspects } from '../../../lib/runtime/takeover/suspects.js'
import { FakeClock } from '../../../lib/testing/clock.js'
import { defaultTexts } from '../../../lib/texts.js'
import { memoryClient } from '../../support/memory-client.js'
import { turns } from '../../support/service.js'

interface Suspect {
  readonly client: AnyClient
  readonly peer: Duplex
  readonly progress: Progress
  /** What its peer was told. */
  told: string
  /** The journal with which it goes on. */
  left: string | undefined
}

/** Suspects, and what was done about them, in order. */
function suspecting() {
  const clock = new FakeClock(0)
  const executor = new Executor()
  const progresses = new Map<AnyClient, Progress>()
  const done: string[] = []
  let lastId = 0
  const state = { standing: false }
  const suspects = new Suspects({
    edge: {
      handling: ({ id }: { id: number }, isDone: boolean) =>
        void done.push(isDone ? `${id} went well` : `${id} is next`),
    } as never,
    clock,
    executor,
    texts: defaultTexts,
    warn: (message) => void done.push(message),
    progressOf: (client) => progresses.get(client),
    takeBack: (_client, journal) => {
      const [line, ...before] = journal.split(' ').reverse()
      return before.length === 0 ? undefined : { journal: before.reverse().join(' '), data: line as string }
    },
    dropped: (client, data) => void done.push(`dropped ${data} of ${client.id}`),
    isStanding: () => state.standing,
  })
  /** @param journal its words are the lines that a conversation was given, behind a first word. */
  const add = (
    deaths: number,
    progress: Partial<Progress> = { at: 'idle' },
    { at = progress.at ?? 'idle', asked = false, journal = '', leaving = false } = {},
  ): Suspect => {
    lastId += 1
    const suspect = {
      ...memoryClient({ id: lastId, executor }),
      progress: { ...newProgress(), ...progress },
      told: '',
      left: '' as string | undefined,
    }
    suspect.peer.setEncoding('utf8').on('data', (text: string) => {
      suspect.told += text
    })
    progresses.set(suspect.client, suspect.progress)
    suspect.left = suspects.add(
      suspect.client,
      { id: lastId, deaths, leaving } as never,
      { at, asked },
      journal,
    )
    return suspect
  }
  /** Serves them. @param work begins what a client's handler does. */
  const serve = (work: (client: AnyClient) => void = () => {}): Promise<void> =>
    suspects.serve((client) => {
      done.push(`${client.id} goes on`)
      work(client)
    })
  /** Waits until something has been done. */
  const sees = async (what: string): Promise<void> => {
    while (!done.includes(what)) await turns(1)
  }
  return { suspects, clock, executor, progresses, done, state, add, serve, sees }
}

// --- Served one after another

test('suspects are served one after another, and the edge knows which one it is before it goes on', async () => {
  const { suspects, add, serve, done } = suspecting()
  const clients = [add(1), add(1), add(1)].map(({ client }) => client)
  assert.equal([...suspects.clients], clients)
  await serve()
  assert.equal(
    done,
    [1, 2, 3].flatMap((id) => [`${id} is next`, `${id} goes on`, `${id} went well`]),
  )
  assert.is(suspects.clients.size, 0)
})

test('the next one waits until the handler of the one before has ended', async () => {
  const { add, serve, done, sees, progresses } = suspecting()
  add(1)
  add(1)
  const served = serve((client) => {
    if (client.id === 1) Object.assign(progresses.get(client) as Progress, { at: 'receive' })
  })
  await sees('1 goes on')
  await turns(20)
  assert.equal(done, ['1 is next', '1 goes on'])
  for (const progress of progresses.values()) progress.at = 'idle'
  await served
  assert.equal(done.slice(2), ['1 went well', '2 is next', '2 goes on', '2 went well'])
})

test('one with lines that nobody has read is not done yet', async () => {
  const { add, serve, done, sees } = suspecting()
  const { client, peer } = add(1)
  peer.write('one\ntwo\n')
  await turns()
  const served = serve()
  await sees('1 goes on')
  await turns(20)
  assert.not(done.includes('1 went well'))
  for (let i = 0; i < 2; i++) await client.nextLine()
  await served
  assert.ok(done.includes('1 went well'))
})

test('each line that was handled well is cleared by itself, since another one may be the next reason to die', async () => {
  const { suspects, add, serve, done, sees } = suspecting()
  const { client, peer, progress } = add(1)
  peer.write('one\ntwo\n')
  await turns()
  const served = serve()
  await sees('1 goes on')
  const { length } = done
  const during = (what: () => unknown): string[] => {
    const before = done.length
    what()
    suspects.turnEnds()
    return done.slice(before)
  }
  const handles = (data: string | Uint8Array | undefined): void => {
    Object.assign(progress, { at: data === undefined ? 'idle' : 'receive', data })
  }
  assert.equal(
    during(() => {}),
    [],
  )
  const one = await client.nextLine()
  assert.equal(
    during(() => handles(one)),
    [],
    'it is at work',
  )
  assert.equal(
    during(() => handles(undefined)),
    ['1 went well', '1 is next'],
  )
  assert.equal(
    during(() => {}),
    [],
  )
  const two = await client.nextLine()
  assert.equal(
    during(() => handles(two)),
    [],
  )
  handles(undefined)
  await served
  assert.is(done.at(-1), '1 went well')
  assert.ok(done.length > length)
})

test('a handler that waits for a line, and a client that has gone, keep nobody waiting', async () => {
  const { add, serve, done, progresses } = suspecting()
  const asks = add(1, { at: 'connect' })
  void asks.client.nextLine()
  const gone = add(1, { at: 'connect' })
  progresses.delete(gone.client)
  await serve()
  assert.ok(done.includes('1 went well'))
  assert.ok(done.includes('2 went well'))
})

test('others wait a second in all for those that go on working, which stay under suspicion until they have done', async () => {
  const { suspects, progresses, add, serve, done, sees, clock } = suspecting()
  const { progress } = add(1, { at: 'receive' })
  const { client: leaves } = add(1, { at: 'receive' })
  add(1)
  const served = serve()
  await sees('1 goes on')
  await clock.advance(999)
  await turns(20)
  assert.not(done.includes('2 is next'))
  await clock.advance(1)
  // The second one is given a few turns and none of the second, which is used up.
  await served
  assert.equal(
    done.filter((what) => what.endsWith('went well')),
    ['3 went well'],
  )
  const { length } = done
  suspects.turnEnds()
  assert.is(done.length, length)
  progress.at = 'idle'
  for (let turn = 0; turn < 2; turn++) suspects.turnEnds()
  assert.equal(done.slice(length), ['1 went well'])
  progresses.delete(leaves)
  for (let turn = 0; turn < 2; turn++) suspects.turnEnds()
  assert.equal(done.slice(length), ['1 went well', '2 went well'])
})

test('while they are served each gets a line a turn, and afterwards as many as before', async () => {
  const { add, serve, executor } = suspecting()
  const { lineBudget } = executor
  const budgets: number[] = []
  add(1)
  add(1)
  await serve(() => budgets.push(executor.lineBudget))
  assert.equal(budgets, [1, 1])
  assert.is(executor.lineBudget, lineBudget)
})

test('those whom no worker has come to serve are let in one by one, after the others', async () => {
  const { suspects, add, serve, done } = suspecting()
  add(1)
  const newcomers = [memoryClient({ id: 8 }).client, undefined, memoryClient({ id: 9 }).client]
  for (const [i, client] of newcomers.entries()) {
    suspects.addNewcomer({ id: 100 + i, deaths: 1 } as never, () => {
      done.push(`${100 + i} comes in`)
      return client
    })
  }
  await serve()
  assert.equal(done, [
    ...['1 is next', '1 goes on', '1 went well'],
    ...['100 is next', '100 comes in', '100 went well'],
    ...['101 is next', '101 comes in'],
    ...['102 is next', '102 comes in', '102 went well'],
  ])
})

test('where nobody is suspected, nothing changes', async () => {
  const { suspects, serve, done, executor } = suspecting()
  const { lineBudget } = executor
  assert.is(suspects.clients.size, 0)
  await serve()
  assert.equal(done, [])
  assert.is(executor.lineBudget, lineBudget)
})

test('when the worker is being replaced, those who are left are left to the next one', async () => {
  const { suspects, add, serve, done, state, executor } = suspecting()
  const { lineBudget } = executor
  add(1)
  add(1)
  await serve(() => {
    state.standing = true
  })
  assert.equal(done, ['1 is next', '1 goes on', '1 went well'])
  assert.is(suspects.clients.size, 0)
  assert.is(executor.lineBudget, lineBudget)
})

test('whoever was suspected keeps that to the end, and those who come later have their turn', async () => {
  const { suspects, add, serve, done } = suspecting()
  add(1)
  const seen = suspects.clients
  await serve()
  assert.is(seen.size, 1, 'a copy')
  add(1)
  await serve()
  assert.ok(done.includes('2 went well'))
})

// --- What has ended the process twice

test('a line that ended the process once is handled once more', async () => {
  const { add, done } = suspecting()
  const { progress, told } = add(1, { at: 'idle', data: 'boom', again: true })
  await turns()
  assert.equal([progress.data, told, done], ['boom', '', []])
})

test('a line that was handled when the process ended twice is dropped, and its client is told', async () => {
  for (const data of ['boom', '']) {
    const { add, done } = suspecting()
    const suspect = add(2, { at: 'idle', data })
    assert.equal(done, [`dropped ${data} of 1`, '1 went well'])
    assert.is(suspect.progress.data, undefined)
    await turns(10)
    assert.is(suspect.told, 'Your last input made the service fail, and was dropped.\r\n')
  }
})

test('where none was handled, the one that comes next is the one: it is dropped, and those after it are not', async () => {
  const { add, done } = suspecting()
  const { client, peer } = add(2)
  assert.equal(done, [])
  peer.write('boom\nhello\n')
  assert.is(await client.nextLine(), 'hello')
  assert.equal(done, ['dropped boom of 1'])
})

test('a conversation that was at work goes on without the last line that it was given, which is dropped', async () => {
  for (const progress of [{ at: 'connect' }, { at: 'receive', data: 'order' }] as const) {
    const { add, done } = suspecting()
    const { left, client, progress: after } = add(2, progress, { journal: 'head name boom' })
    assert.is(left, 'head name')
    assert.equal(done, ['dropped boom of 1', '1 went well'])
    assert.is(after.data, 'data' in progress ? 'order' : undefined)
    assert.ok(client.connected)
  }
})

test('a conversation that waited for a line goes on as it was, without the one that comes next', async () => {
  for (const progress of [{ at: 'connect' }, { at: 'receive', data: 'order' }] as const) {
    const { add, done } = suspecting()
    const { left, client, peer } = add(2, progress, { journal: 'head name', asked: true })
    assert.is(left, 'head name')
    peer.write('boom\nhello\n')
    assert.is(await client.nextLine(), 'hello')
    assert.equal(done, ['dropped boom of 1'])
  }
})

test('one that has read nothing begins again, and no line is to blame', async () => {
  const { add, done } = suspecting()
  const { left, client, peer } = add(2, { at: 'connect' }, { journal: 'head' })
  assert.is(left, '')
  peer.write('hello\n')
  assert.is(await client.nextLine(), 'hello')
  assert.equal(done, [])
})

test('a conversation that ends the process once more, whatever was taken out of it, is over', async () => {
  const { add, done } = suspecting()
  const { left, client } = add(3, { at: 'connect' }, { journal: 'head name' })
  assert.is(left, undefined)
  assert.not(client.connected)
  assert.is(done.length, 1)
})

test('a handler that begins to work on the line at which the process died is no sign that all is well', async () => {
  const { suspects, add, serve, done, sees } = suspecting()
  const { client, peer, progress } = add(1, { at: 'idle', data: 'boom', again: true })
  // It was given to the process before.
  peer.write('boom\n')
  await client.nextLine()
  const served = serve()
  await sees('1 goes on')
  const { length } = done
  progress.at = 'receive'
  suspects.turnEnds()
  assert.is(done.length, length)
  Object.assign(progress, { at: 'idle', data: undefined })
  suspects.turnEnds()
  assert.equal(done.slice(length), ['1 went well', '1 is next'])
  await served
})

test('one with whom the process ends whatever is dropped is told so and closed', async () => {
  const { add, done } = suspecting()
  const suspect = add(3, { at: 'new', data: 'order', again: true }, { at: 'receive', asked: true })
  await turns(10)
  assert.not(suspect.client.connected)
  assert.is(suspect.left, undefined)
  assert.equal(suspect.progress, { ...newProgress(), at: 'idle' }, 'nothing of it begins again')
  assert.is(suspect.told, 'The service fails whenever it serves you. You are disconnected.\r\n')
  assert.equal(done, ['Client #1 is disconnected: whenever it is served, the process dies'])
})

test('as long as there is a line to drop, that is tried first', async () => {
  const { add, done } = suspecting()
  const { client } = add(5, { at: 'idle', data: 'boom' })
  assert.equal(done, ['dropped boom of 1', '1 went well'])
  assert.ok(client.connected)
})

test('one that is leaving is cleared when its Disconnect is over, and not before', async () => {
  const { progresses, add, serve, done } = suspecting()
  const { client } = add(1, { at: 'idle' }, { leaving: true })
  add(1)
  const serving = serve()
  await turns(20)
  assert.equal(done, ['1 is next', '1 goes on'])
  progresses.delete(client)
  await serving
  assert.equal(done.slice(2), ['1 went well', '2 is next', '2 goes on', '2 went well'])
})

test.run()
