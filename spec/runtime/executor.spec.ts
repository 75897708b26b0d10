import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Task } from '../../lib/client/scheduler.js'
import { Executor } from '../../lib/runtime/executor.js'
import { deferred, turns } from '../support/service.js'

/** A task that does something each time it is run. */
function task(run: () => void, ran: () => void = () => {}): Task {
  return { queued: false, run, ran }
}

/** So many microtasks in a row. */
async function hops(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await null
}

test('ready tasks run first ready, first run, and once however often they were made ready (rule 17)', async () => {
  const executor = new Executor()
  const ran: string[] = []
  const [a, b, c] = ['a', 'b', 'c'].map((name) => task(() => ran.push(name))) as [Task, Task, Task]
  for (const next of [c, a, c, b, a]) executor.ready(next)
  assert.equal(ran, [])
  await turns()
  assert.equal(ran, ['c', 'a', 'b'])
})

test('a task runs until its microtasks are dry before the next one runs, whatever the shape of its awaits (rule 18)', async () => {
  const executor = new Executor()
  const ran: string[] = []
  for (const [name, count] of [
    ['slow', 20],
    ['quick', 0],
    ['middling', 5],
  ] as const) {
    executor.ready(
      task(async () => {
        await hops(count)
        ran.push(name)
      }),
    )
  }
  await turns()
  assert.equal(ran, ['slow', 'quick', 'middling'])
})

test('a task that is ready again goes to the back, and the event loop turns in between (rule 17)', async () => {
  const executor = new Executor()
  const ran: string[] = []
  const again = task(() => {
    ran.push('again')
    if (ran.length < 6) executor.ready(again)
  })
  executor.ready(again)
  executor.ready(task(() => ran.push('other')))
  setImmediate(() => ran.push('event loop'))
  await turns(6)
  assert.equal(ran.slice(0, 4), ['again', 'other', 'event loop', 'again'])
})

test('only the running task is granted lines, and no more than its budget (rule 17)', async () => {
  const executor = new Executor({ lineBudget: 3 }, { now: () => 0 })
  const grants: boolean[] = []
  const other = task(() => {})
  const greedy = task(async () => {
    for (let i = 0; i < 2; i++) grants.push(executor.grant(greedy))
    await hops(3)
    for (let i = 0; i < 2; i++) grants.push(executor.grant(greedy))
    grants.push(executor.grant(other))
  })
  executor.ready(greedy)
  executor.ready(other)
  await turns()
  assert.equal(grants, [true, true, true, false, false])
  assert.is(executor.grant(greedy), false, 'its turn is over')
})

test('a task gets no further line when it has taken more than 10 ms, and the longer it goes well the less often that is looked at (rule 17)', async () => {
  let now = 0
  let looks = 0
  const clock = {
    now: () => {
      looks += 1
      return now
    },
  }
  const executor = new Executor({ lineBudget: 1000 }, clock)
  /** How many lines a task is granted that takes so long for each. */
  const granted = async (ms: number): Promise<number> => {
    let lines = 0
    const greedy = task(() => {
      for (now += ms; executor.grant(greedy); now += ms) lines += 1
    })
    executor.ready(greedy)
    await turns()
    return lines
  }
  assert.is(await granted(50), 0)
  assert.is(await granted(4), 3)
  assert.is(await granted(0.1), 127)
  looks = 0
  assert.is(await granted(0), 1000)
  assert.ok(looks < 15, `looked ${looks} times`)
})

test('a turn that takes more than 50 ms ends, what was written leaves, and it goes on where it was before anybody else runs', async () => {
  let now = 0
  const executor = new Executor({}, { now: () => now })
  const log: string[] = []
  const slow = (name: string) =>
    task(() => {
      now += 30
      log.push(name)
      executor.flushLater({ flush: () => log.push(`flush ${name}`) })
      if (name === 'a') executor.ready(task(() => log.push('newcomer')))
    })
  for (const name of ['a', 'b', 'c']) executor.ready(slow(name))
  assert.is(executor.waiting, 3)
  setImmediate(() => log.push(`event loop, ${executor.waiting} wait`))
  await turns(6)
  assert.equal(log, ['a', 'b', 'flush a', 'flush b', 'event loop, 2 wait', 'c', 'newcomer', 'flush c'])
})

test('a turn after a connection has come in ends after 5 ms, so that the event loop takes in the next one (rule 17)', async () => {
  let now = 0
  const executor = new Executor({}, { now: () => now })
  const log: string[] = []
  const slow = (name: string) =>
    task(() => {
      now += 3
      log.push(name)
    })
  for (const name of ['a', 'b', 'c', 'd', 'e']) executor.ready(slow(name))
  executor.hurry()
  setImmediate(() => log.push('event loop'))
  await turns(6)
  assert.equal(log, ['a', 'b', 'event loop', 'c', 'd', 'e'])
})

/** Waits until nothing is left to do before the event loop turns. */
async function idle(): Promise<void> {
  for (let i = 0; i < 1_000; i++) await new Promise<void>((resolve) => process.nextTick(resolve))
}

test('where 256 tasks are ready they run before the event loop turns, and what they wrote leaves; fewer wait for it (rule 17)', async () => {
  const executor = new Executor()
  const log: string[] = []
  const ready = (count: number): void => {
    for (let i = 0; i < count; i++) executor.ready(task(() => void log.push('ran')))
  }
  executor.flushLater({ flush: () => log.push('flushed') })
  ready(255)
  await idle()
  assert.equal(log, [])
  setImmediate(() => log.push('event loop'))
  ready(1)
  await idle()
  assert.is(log.length, 257)
  assert.is(log.at(-1), 'flushed')
  ready(255)
  await idle()
  assert.is(log.length, 257)
  await turns()
  assert.equal(log.slice(257), [...Array(255).fill('ran'), 'event loop'])
})

test('all turns that begin before the event loop turns take 50 ms together (rule 17)', async () => {
  let now = 0
  const executor = new Executor({}, { now: () => now })
  let ran = 0
  const ready = async (count: number): Promise<void> => {
    const run = (): void => {
      now += 0.1
      ran += 1
    }
    for (let i = 0; i < count; i++) executor.ready(task(run))
    await idle()
  }
  await ready(256)
  await ready(256)
  assert.ok(ran > 495 && ran < 505, `${ran} ran`)
  await ready(256)
  assert.ok(ran < 505, `${ran} ran`)
  await turns(5)
  assert.is(ran, 768)
  await ready(256)
  assert.is(ran, 1024)
})

test('whoever is left over waits until the event loop has turned, however many are ready (rule 17)', async () => {
  let now = 0
  const executor = new Executor({}, { now: () => now })
  const log: string[] = []
  const ready = (count: number, name: string, ms = 0): void => {
    for (let i = 0; i < count; i++) {
      const run = (): void => {
        now += ms
        log.push(name)
      }
      executor.ready(task(run))
    }
  }
  setImmediate(() => log.push('event loop'))
  ready(2, 'slow', 30)
  ready(254, 'left over')
  await idle()
  ready(300, 'newcomer')
  await idle()
  assert.equal(log, ['slow', 'slow'])
  await turns(1)
  assert.equal(log.slice(2, 4), ['event loop', 'left over'])
  await turns()
  assert.is(log.filter((name) => name === 'left over').length, 254)
  assert.equal(log.slice(-300), Array(300).fill('newcomer'))
  ready(256, 'once more')
  await idle()
  assert.is(log.at(-1), 'once more')
})

test('tasks that are ready again before the event loop turns do not keep it from that, though no time passes (rule 17)', async () => {
  const executor = new Executor({}, { now: () => 0 })
  let ends = 0
  executor.onTurnEnd = () => {
    ends += 1
    if (ends < 100) for (let i = 0; i < 256; i++) executor.ready(task(() => {}))
  }
  executor.ready(task(() => {}))
  await turns(1)
  assert.ok(ends > 1 && ends < 100, `${ends} turns`)
  await turns(10)
  assert.is(executor.waiting, 0)
})

test('a task that is held gets no line and no turn until it is let go, however often it is ready; all others do', async () => {
  const executor = new Executor()
  const log: string[] = []
  const relief = deferred<void>()
  const other = task(() => log.push('other'))
  const greedy: Task = task(() => {
    log.push('greedy')
    if (log.length > 1) return
    executor.hold(relief.promise, other)
    executor.hold(relief.promise, other)
    log.push(`granted: ${executor.grant(greedy)}`)
    executor.ready(greedy)
  })
  executor.ready(greedy)
  await turns()
  executor.ready(other)
  await turns()
  assert.equal(log, ['greedy', 'granted: false', 'other'])
  assert.is(executor.waiting, 1)
  relief.resolve()
  await turns()
  assert.equal(log.slice(3), ['greedy'])
})

test('nobody gets a turn until what was written has left, and then all go on in their order', async () => {
  const executor = new Executor()
  const relief = deferred<void>()
  const ran: string[] = []
  const first = task(() => {
    ran.push('first')
    if (ran.length === 1) executor.ready(first)
  })
  let ends = 0
  executor.onTurnEnd = () => {
    ends += 1
    return ran.length === 1 ? relief.promise : undefined
  }
  executor.ready(first)
  await turns(3)
  executor.ready(task(() => ran.push('second')))
  executor.flushLater({ flush: () => ran.push('flushed') } as never)
  await turns(10)
  // What others write meanwhile leaves all the same, and nothing goes round in circles.
  assert.equal(ran, ['first', 'flushed'])
  assert.ok(ends < 5, `${ends} turns`)
  relief.resolve()
  await turns(2)
  assert.equal(ran.slice(2), ['first', 'second'])
})

test('who waits has a turn each time that what was written has left, though others fill everything again at once', async () => {
  const executor = new Executor()
  const ran: string[] = []
  const first = deferred<void>()
  executor.onTurnEnd = () => first.promise
  executor.endTurn()
  executor.ready(task(() => ran.push('waited')))
  await turns(2)
  assert.equal(ran, [])
  executor.onTurnEnd = () => new Promise(() => {})
  // As handlers do that await `flush`.
  setImmediate(() => executor.endTurn())
  first.resolve()
  await turns(2)
  assert.equal(ran, ['waited'])
})

test('nobody is held by what they write to themselves, or outside of any turn', async () => {
  const executor = new Executor()
  const never = new Promise<void>(() => {})
  const own: Task = task(() => {
    executor.hold(never, own)
    if (count++ < 3) executor.ready(own)
  })
  let count = 0
  executor.hold(never, own)
  executor.ready(own)
  await turns(6)
  assert.is(count, 4)
})

test('a task is told when it has come as far as it can, before the next one runs', async () => {
  const executor = new Executor()
  const log: string[] = []
  for (const name of ['a', 'b']) {
    executor.ready(
      task(
        async () => {
          await hops(4)
          log.push(name)
        },
        () => log.push(`${name} ran`),
      ),
    )
  }
  await turns()
  assert.equal(log, ['a', 'a ran', 'b', 'b ran'])
})

test('what was written is flushed at the end of the turn, after every task', async () => {
  const executor = new Executor()
  const log: string[] = []
  executor.ready(task(() => executor.flushLater({ flush: () => log.push('flushed') })))
  executor.ready(task(() => log.push('second')))
  await turns()
  assert.equal(log, ['second', 'flushed'])
})

test('what is written outside of any turn is flushed all the same', async () => {
  const executor = new Executor()
  let flushed = 0
  executor.flushLater({ flush: () => flushed++ })
  await turns()
  assert.is(flushed, 1)
})

test('after a fault that the program survives, everybody else is served', async () => {
  const executor = new Executor()
  const seen: unknown[] = []
  const note = (error: Error): number => seen.push(error.message)
  process.on('uncaughtException', note)
  const fault = (what: string) => () => {
    throw new Error(what)
  }
  executor.ready(task(fault('run')))
  executor.ready(task(() => seen.push('first'), fault('ran')))
  executor.ready(task(() => seen.push('second')))
  executor.flushLater({ flush: fault('flush') })
  await turns(5)
  executor.ready(task(() => seen.push('third')))
  await turns()
  process.off('uncaughtException', note)
  assert.equal(seen, ['run', 'first', 'ran', 'second', 'flush', 'third'])
})

test('fake timers of a test runner, which stand in for the globals, stop nobody', async () => {
  const executor = new Executor()
  const ran: string[] = []
  const { setImmediate } = globalThis
  globalThis.setImmediate = (() => {}) as never
  executor.ready(task(() => ran.push('ran')))
  globalThis.setImmediate = setImmediate
  await turns()
  assert.equal(ran, ['ran'])
})

test.run()
