import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type SupervisorEvent, stageOf } from '../../lib/angel/supervisor-state.js'
import { VERSION } from '../../lib/edge/frames.js'
import { World } from './supervisor-world.js'

const SETTINGS = {
  heartbeat: 1_000,
  readyTimeout: 2_000,
  takeOverTimeout: 3_000,
  handOverTimeout: 4_000,
  stopTimeout: 5_000,
  maxConnections: 10,
  window: 1_000,
  maxUnsent: 1_000,
  probation: 500,
  spareWorker: false,
}

/** A service with one worker that serves. */
function served(healthy?: number): World {
  const world = new World(healthy)
  world.tell({ type: 'start' })
  world.makeReady(1)
  world.tell({ type: 'serving', worker: 1, body: {} })
  return world
}

/** Replaces the worker that serves. */
function restarted(world: World): void {
  const before = world.state.serving as number
  const request = world.ask()
  const after = world.state.next as number
  world.makeReady(after)
  assert.equal(world.last('hand-over'), { type: 'hand-over', worker: before })
  world.tell({ type: 'handed-over', worker: before, body: { since: world.at, stop: false, standby: false } })
  world.tell({ type: 'serving', worker: after, body: {} })
  world.end(before)
  assert.is(world.answers.get(request), 'succeed')
}

// --- Whatever comes, in whatever order

type Act = (world: World, worker: number) => void
const say =
  (event: (worker: number) => SupervisorEvent): Act =>
  (world, worker) =>
    world.tell(event(worker))

const ACTS: Record<string, Act> = {
  spawned: say((worker) => ({ type: 'spawned', worker, pid: worker })),
  hello: say((worker) => ({ type: 'hello', worker, body: { version: VERSION } })),
  foreign: say((worker) => ({ type: 'hello', worker, body: { version: VERSION + 1 } })),
  settings: say((worker) => ({ type: 'settings', worker, body: SETTINGS })),
  ready: say((worker) => ({ type: 'ready', worker, body: {} })),
  serving: say((worker) => ({ type: 'serving', worker, body: {} })),
  'handed-over': say((worker) => ({
    type: 'handed-over',
    worker,
    body: { since: 1, stop: false, standby: false },
  })),
  'handed-over and stop': say((worker) => ({
    type: 'handed-over',
    worker,
    body: { since: 1, stop: true, standby: false },
  })),
  'handed-over and on standby': say((worker) => ({
    type: 'handed-over',
    worker,
    body: { since: 1, stop: false, standby: true },
  })),
  'wants a spare': say((worker) => ({
    type: 'settings',
    worker,
    body: { ...SETTINGS, spareWorker: true },
  })),
  stopping: say((worker) => ({ type: 'stopping', worker, body: {} })),
  failed: say((worker) => ({ type: 'failed', worker, body: { reason: 'bad' } })),
  beat: say((worker) => ({ type: 'beat', worker, body: {} })),
  broken: say((worker) => ({ type: 'broken', worker, reason: 'broken' })),
  dies: (world, worker) => world.end(worker),
  'is seen through': (world, worker) => {
    world.makeReady(worker)
    world.tell({ type: 'serving', worker, body: {} })
  },
  ask: (world) => void world.ask(),
  'ask for another': (world, worker) => void world.ask(worker),
  'ring the next': (world) => world.nextAlarm && world.ring(world.nextAlarm),
  'ring late': (world, worker) => {
    if (!world.alarms.has(worker)) world.tell({ type: 'alarm', alarm: worker })
  },
  start: (world) => world.tell({ type: 'start' }),
  stop: (world) => world.tell({ type: 'stop' }),
  kill: (world) => world.tell({ type: 'kill' }),
}

const ENDS = ['stop', 'kill', 'handed-over and stop', 'stopping']
const act = fc.record({
  name: fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...Object.keys(ACTS).filter((name) => !ENDS.includes(name))) },
    { weight: 1, arbitrary: fc.constantFrom(...ENDS) },
  ),
  // How far back from the newest: seldom one that is long dead.
  back: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(0, 1) }, { weight: 1, arbitrary: fc.nat(30) }),
})
const acts = fc.array(act, { maxLength: 100, size: 'max' })

function play(world: World, steps: readonly { name: string; back: number }[]): void {
  for (const { name, back } of steps) ACTS[name]?.(world, world.state.lastWorker - back)
}

/** Those that were killed end, and all others are silent, until nothing more is to come. */
function fallSilent(world: World): void {
  for (let steps = 0; world.exitCodes.length === 0; steps++) {
    assert.ok(steps < 1_000, `it does not end: ${JSON.stringify(world.state)}`)
    const [killed] = world.killed
    if (killed !== undefined) world.end(killed)
    else {
      assert.ok(world.nextAlarm !== undefined, `nothing is to come: ${JSON.stringify(world.state)}`)
      world.ring(world.nextAlarm)
    }
  }
}

/** Those that were killed end, and all others do nothing but live. */
function standStill(world: World): void {
  for (let steps = 0; world.exitCodes.length === 0; steps++) {
    assert.ok(steps < 1_000, `it does not end: ${JSON.stringify(world.state)}`)
    const [killed] = world.killed
    if (killed !== undefined) world.end(killed)
    else {
      for (const { number } of world.state.workers) world.tell({ type: 'beat', worker: number, body: {} })
      world.ring(world.nextAlarm as number)
    }
  }
}

/** Everybody does as they are told, until somebody serves and nobody waits, or all is over. */
function settle(world: World): void {
  for (let steps = 0; ; steps++) {
    assert.ok(steps < 1_000, `it does not settle: ${JSON.stringify(world.state)}`)
    const { state } = world
    const { serving, next, requests, over, workers } = state
    const [killed] = world.killed
    const leaving = workers.find(({ stage, stopping }) => stage === 'leaving' || stopping)
    const one = workers.find(({ number }) => number === serving)
    const other = workers.find(({ number }) => number === next)
    if (over) return
    if (killed !== undefined) world.end(killed)
    else if (leaving !== undefined) world.end(leaving.number)
    else if (one?.stage === 'handing over')
      world.tell({
        type: 'handed-over',
        worker: one.number,
        body: { since: world.at, stop: false, standby: false },
      })
    else if (one?.stage === 'taking over') world.tell({ type: 'serving', worker: one.number, body: {} })
    else if (one !== undefined && state.stopping)
      world.tell({ type: 'stopping', worker: one.number, body: {} })
    else if (other !== undefined) world.makeReady(other.number)
    else if (state.probation !== undefined) world.ring(state.probation.alarm)
    else if (one !== undefined) {
      assert.is(stageOf(state), 'serving')
      assert.equal(requests, [])
      return
    } else world.ring(state.startAlarm as number)
  }
}

const RUNS = { numRuns: 1_000, seed: 7 }

test('whatever comes in whatever order: one serves or is about to, alarms have owners, who asks is answered once', () => {
  fc.assert(
    fc.property(acts, (steps) => play(served(), steps)),
    RUNS,
  )
})

test('whatever has come, and be it before the first has served: after it somebody serves, and nobody waits for an answer', () => {
  fc.assert(
    fc.property(acts, fc.boolean(), (steps, early) => {
      const world = early ? new World() : served()
      world.tell({ type: 'start' })
      play(world, steps)
      settle(world)
      assert.is(world.answers.size, world.asked)
    }),
    RUNS,
  )
})

test('whatever has come, a stop is the end of all, also where no worker says anything any more, or nothing but that it lives', () => {
  fc.assert(
    fc.property(acts, fc.constantFrom(fallSilent, standStill), (steps, end) => {
      const world = served()
      play(world, steps)
      world.tell({ type: 'stop' })
      end(world)
      assert.equal(world.state.workers, [])
      assert.is(world.answers.size, world.asked)
      assert.is(world.alarms.size, 0)
    }),
    RUNS,
  )
})

test('nothing that is remembered grows with time', () => {
  const world = served()
  const sizeAfter = (times: number): number => {
    for (let i = 0; i < times; i++) {
      restarted(world)
      world.end(world.state.serving as number)
      settle(world)
      world.ask()
      world.end(world.state.next as number)
    }
    return JSON.stringify(world.state).replace(/\d+/g, '0').length
  }
  assert.is(sizeAfter(1), sizeAfter(300))
})

// --- One by one

test('a first start that fails is the end, with the exit code of the program; one that was stopped ends well', () => {
  for (const stage of ['starting', 'taking over']) {
    const world = new World()
    world.tell({ type: 'start' })
    const request = world.ask()
    if (stage === 'taking over') world.makeReady(1)
    world.end(1)
    assert.equal(world.exitCodes, [3])
    assert.is(world.answers.get(request), 'refuse')
    assert.match(world.last('refuse').reason, /ended with exit code 3\. It was the first one/)
  }
  const world = new World()
  world.tell({ type: 'start' })
  world.tell({ type: 'stop' })
  world.end(1)
  assert.equal(world.exitCodes, [0])
})

test('later failures are waited out: at once, then 1, 2, 4, ... 30 seconds; one that was well begins anew', () => {
  const world = served(60_000)
  const delays: number[] = []
  const failing = (): void => {
    delays.push(world.last('set-alarm').ms)
    world.ring(world.state.startAlarm as number)
    world.end(world.state.next as number)
  }
  world.end(1)
  for (let i = 0; i < 8; i++) failing()
  assert.equal(delays, [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  settle(world)
  world.at += 60_000
  world.end(world.state.serving as number)
  assert.is(world.last('set-alarm').ms, 0)
})

test('a stop while one hands over that then dies is for the next one, which says goodbye', () => {
  const world = served()
  world.ask()
  world.makeReady(2)
  world.tell({ type: 'stop' })
  world.end(1)
  assert.is(world.last('go').worker, 2)
  world.tell({ type: 'serving', worker: 2, body: {} })
  assert.equal(world.last('stop'), { type: 'stop', worker: 2 })
  world.end(2)
  assert.equal(world.exitCodes, [0])
})

test('a stop after a crash is for the one that starts, which says goodbye; if that fails, too, it is the end', () => {
  for (const fails of [false, true]) {
    const world = served()
    world.end(1)
    world.ring(world.state.startAlarm as number)
    world.tell({ type: 'stop' })
    assert.is(stageOf(world.state), 'stopping')
    assert.not(world.killed.has(2))
    if (!fails) {
      world.makeReady(2)
      world.tell({ type: 'serving', worker: 2, body: {} })
      assert.equal(world.last('stop'), { type: 'stop', worker: 2 })
    }
    world.end(2)
    assert.equal(world.exitCodes, [0])
  }
})

test('a worker that dies before it has said that it stops leaves the goodbye to another one, and no more than one', () => {
  for (const dies of ['at once', 'when it serves', 'never']) {
    const world = served()
    world.tell({ type: 'stop' })
    assert.equal(world.last('stop'), { type: 'stop', worker: 1 })
    world.tell({ type: 'failed', worker: 1, body: { reason: 'Error: it was broken before' } })
    world.end(1)
    assert.is(world.state.next, 2)
    assert.is(stageOf(world.state), 'stopping')
    if (dies !== 'at once') {
      world.makeReady(2)
      world.tell({ type: 'serving', worker: 2, body: {} })
      assert.equal(world.last('stop'), { type: 'stop', worker: 2 })
    }
    if (dies === 'never') world.tell({ type: 'stopping', worker: 2, body: {} })
    world.end(2)
    assert.equal(world.exitCodes, [0])
  }
})

test('one that stops has its time for it, and is killed before if it gives no sign of life', () => {
  const world = served()
  world.tell({ type: 'settings', worker: 1, body: { ...SETTINGS, stopTimeout: 60_000 } })
  world.tell({ type: 'stop' })
  world.tell({ type: 'stopping', worker: 1, body: {} })
  for (let i = 0; i < 20; i++) {
    world.ring(world.nextAlarm as number)
    world.tell({ type: 'beat', worker: 1, body: {} })
  }
  assert.is(world.killed.size, 0)
  for (let i = 0; i < 6; i++) world.ring(world.nextAlarm as number)
  assert.equal([...world.killed], [1])
  world.end(1)
  assert.equal(world.exitCodes, [0])
})

test('one that does not stop in time, or is killed by a second stop, leaves no goodbye to anybody', () => {
  for (const event of ['alarm', 'kill'] as const) {
    const world = served()
    world.tell({ type: 'stop' })
    if (event === 'kill') world.tell({ type: 'kill' })
    else world.ring(world.state.workers[0]?.deadline?.alarm as number)
    assert.ok(world.killed.has(1))
    world.end(1)
    assert.equal(world.exitCodes, [0])
  }
})

test('a stop half way between two workers is for the next one, or for the one before where that fails', () => {
  for (const fails of ['never', 'by itself', 'in time'] as const) {
    const world = served()
    world.ask()
    world.tell({ type: 'settings', worker: 2, body: SETTINGS })
    world.makeReady(2)
    if (fails === 'never') {
      world.tell({ type: 'stop' })
      world.ring(world.state.workers[0]?.deadline?.alarm as number)
      world.end(1)
    } else {
      world.tell({ type: 'handed-over', worker: 1, body: { since: 1, stop: false, standby: true } })
      world.tell({ type: 'stop' })
      if (fails === 'in time') world.ring(world.state.workers[1]?.deadline?.alarm as number)
      world.end(2)
    }
    const last = fails === 'never' ? 2 : 1
    assert.is(world.state.serving, last)
    world.tell({ type: 'serving', worker: last, body: {} })
    assert.equal(world.last('stop'), { type: 'stop', worker: last })
    world.tell({ type: 'stopping', worker: last, body: {} })
    world.end(last)
    assert.equal(world.exitCodes, [0])
  }
})

test('where the next one is to start in a while, as after many crashes, a stop is the end', () => {
  const world = served()
  world.end(1)
  world.ring(world.state.startAlarm as number)
  world.end(2)
  assert.is(stageOf(world.state), 'down')
  world.tell({ type: 'stop' })
  assert.equal(world.exitCodes, [0])
})

test('one that is asked for while another takes over is that one', () => {
  const world = served()
  world.end(1)
  world.ring(world.state.startAlarm as number)
  world.makeReady(2)
  const request = world.ask()
  assert.is(world.state.next, undefined)
  world.tell({ type: 'serving', worker: 2, body: {} })
  assert.is(world.answers.get(request), 'succeed')
})

test('one that asks while it takes over is answered, also if it dies, or if the service is stopped', () => {
  for (const end of ['serves', 'dies', 'stop']) {
    const world = served()
    world.end(1)
    world.ring(world.state.startAlarm as number)
    world.makeReady(2)
    const request = world.ask(2)
    if (end === 'serves') {
      world.tell({ type: 'serving', worker: 2, body: {} })
      assert.is(world.state.next, 3, 'it wants the one after it')
      settle(world)
      assert.is(world.answers.get(request), 'succeed')
    } else if (end === 'dies') {
      world.end(2)
      assert.match(world.last('refuse').reason, /worker 1002 died: .* Another one will take its place/)
    } else {
      world.tell({ type: 'stop' })
      assert.match(world.last('refuse').reason, /the service is stopping/)
    }
  }
})

/** A restart, up to where the new worker serves and the old one is on standby. */
function onProbation(world: World): { request: number; before: number; after: number } {
  const before = world.state.serving as number
  const request = world.ask()
  const after = world.state.next as number
  world.tell({ type: 'settings', worker: after, body: SETTINGS })
  world.makeReady(after)
  world.tell({ type: 'handed-over', worker: before, body: { since: world.at, stop: false, standby: true } })
  world.tell({ type: 'serving', worker: after, body: {} })
  return { request, before, after }
}

test('who asks for a restart is told that it succeeded when the new worker has passed its probation', () => {
  const world = served()
  const { request, before, after } = onProbation(world)
  assert.is(world.answers.get(request), undefined)
  world.ring(world.state.probation?.alarm as number)
  assert.is(world.answers.get(request), 'succeed')
  assert.equal(world.last('leave'), { type: 'leave', worker: before })
  world.end(before)
  assert.is(world.state.serving, after)
})

test('what only the old worker listened on is closed when it leaves after a probation, and not before', () => {
  const world = served()
  onProbation(world)
  const before = world.told.length
  world.ring(world.state.probation?.alarm as number)
  const kinds = world.told.slice(before).map(({ type }) => type)
  assert.ok(kinds.indexOf('release-listeners') >= 0)
  assert.ok(kinds.indexOf('prune-listeners') > kinds.indexOf('release-listeners'))
  assert.ok(kinds.indexOf('close-unserved') > kinds.indexOf('release-listeners'))
})

test('a worker that dies on probation is replaced by the one before it, and who has asked is told why', () => {
  const world = served()
  const { request, before, after } = onProbation(world)
  world.end(after)
  assert.is(world.answers.get(request), 'refuse')
  assert.match(world.last('refuse').reason, /worker 1002 died: .* worker 1001, which served before, goes on/)
  const kinds = world.told.map(({ type }) => type)
  assert.ok(kinds.lastIndexOf('close-unserved') > kinds.lastIndexOf('go'), 'who waits for it is served')
  assert.is(world.last('go').worker, before)
  assert.is(world.last('go').crash, true)
  world.tell({ type: 'serving', worker: before, body: {} })
  assert.is(stageOf(world.state), 'serving')
  // It can be restarted again.
  restarted(world)
})

test('a worker that is silent when its probation ends may be blocked: then that is waited for', () => {
  const world = served()
  const { request, before, after } = onProbation(world)
  for (let i = 0; i < 20 && !world.killed.has(after); i++) world.ring(world.nextAlarm as number)
  assert.is(world.answers.get(request), undefined)
  world.end(after)
  assert.is(world.answers.get(request), 'refuse')
  assert.is(world.last('go').worker, before)
})

test('another restart during a probation ends it, and a standby that dies does, too', () => {
  const world = served()
  const first = onProbation(world)
  const request = world.ask()
  assert.is(world.answers.get(first.request), 'succeed')
  world.end(first.before)
  settle(world)
  assert.is(world.answers.get(request), 'succeed')
  const second = onProbation(world)
  world.end(second.before)
  assert.is(world.answers.get(second.request), 'succeed')
})

test('a spare worker takes the place of one that dies at once, the next one starts later, and no restart uses it', () => {
  const world = served()
  world.tell({ type: 'settings', worker: 1, body: { ...SETTINGS, spareWorker: true } })
  assert.is(world.state.spare, 2)
  world.makeReady(2)
  world.end(1)
  assert.is(world.last('go').worker, 2)
  world.tell({ type: 'settings', worker: 2, body: { ...SETTINGS, spareWorker: true } })
  world.tell({ type: 'serving', worker: 2, body: {} })
  assert.is(world.state.spare, undefined, 'those who have waited are answered first')
  world.ring(world.state.spareAlarm as number)
  const spare = world.state.spare as number
  assert.is(spare, 3)
  world.makeReady(spare)
  world.ask()
  assert.ok(world.killed.has(spare), 'it is of the old version')
  world.end(spare)
  assert.is(world.state.next, 4)
})

test('a spare worker that fails is started again in a while, and nobody else notices', () => {
  const world = served()
  world.tell({ type: 'settings', worker: 1, body: { ...SETTINGS, spareWorker: true } })
  world.end(2)
  assert.is(world.state.spare, undefined)
  world.ring(world.state.spareAlarm as number)
  assert.is(world.state.spare, 3)
  assert.is(world.state.crashes, 0)
})

test('whoever is silent is killed, clients are told since when it was; signs of life keep it', () => {
  const world = served()
  const request = world.ask()
  world.tell({ type: 'settings', worker: 2, body: SETTINGS })
  world.makeReady(2)
  world.tell({ type: 'handed-over', worker: 1, body: { since: world.at, stop: false, standby: false } })
  world.end(1)
  world.tell({ type: 'serving', worker: 2, body: {} })
  assert.is(world.answers.get(request), 'succeed')
  for (let i = 0; i < 20; i++) {
    world.ring(world.nextAlarm as number)
    world.tell({ type: 'beat', worker: 2, body: {} })
  }
  assert.is(world.killed.size, 0)
  const heard = world.at
  for (let i = 0; i < 6; i++) world.ring(world.nextAlarm as number)
  assert.equal([...world.killed], [2])
  world.at += 500
  world.end(2, 'was ended by SIGKILL')
  assert.match(world.state.trouble?.what ?? '', /gave no sign of life for 1000 ms/)
  assert.is(world.state.downSince, heard)
  world.ring(world.state.startAlarm as number)
  world.makeReady(3)
  assert.equal(world.last('go'), {
    type: 'go',
    worker: 3,
    restart: true,
    crash: true,
    since: heard,
    stop: false,
  })
})

test('where it stands is told: starting, serving, restarting, down, stopping', () => {
  const world = new World()
  const stages = [stageOf(world.state)]
  const then = (act: () => void): void => {
    act()
    stages.push(stageOf(world.state))
  }
  then(() => world.tell({ type: 'start' }))
  then(() => world.makeReady(1))
  then(() => world.tell({ type: 'serving', worker: 1, body: {} }))
  then(() => void world.ask())
  then(() => world.makeReady(2))
  then(() =>
    world.tell({ type: 'handed-over', worker: 1, body: { since: world.at, stop: false, standby: false } }),
  )
  then(() => world.tell({ type: 'serving', worker: 2, body: {} }))
  then(() => world.end(2))
  then(() => world.tell({ type: 'stop' }))
  assert.is(
    stages.join(', '),
    'down, starting, starting, serving, restarting, restarting, restarting, serving, down, stopping',
  )
})

test('a planned restart is counted as one, a crash as one, and each tells the next worker which it was', () => {
  const world = served()
  restarted(world)
  assert.is(world.last('go').crash, false)
  assert.is(world.last('go').restart, true)
  world.end(2)
  settle(world)
  assert.is(world.last('go').crash, true)
  assert.equal([world.state.restarts, world.state.crashes], [1, 1])
})

test('a restart counts when the new worker has come to stay, and one that is taken back does not', () => {
  const world = served()
  const taken = onProbation(world)
  assert.is(world.state.restarts, 0)
  world.ring(world.state.probation?.alarm as number)
  assert.is(world.state.restarts, 1)
  world.end(taken.before)
  const failed = onProbation(world)
  world.end(failed.after)
  world.tell({ type: 'serving', worker: failed.before, body: {} })
  assert.equal([world.state.restarts, world.state.crashes], [1, 1])
})

test.run()
