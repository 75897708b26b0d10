// time limit: 200 s
import { setImmediate as turn } from 'node:timers/promises'
import { events, InvalidOptionError, Service } from 'mara-ts'
import { step } from 'mara-ts/conversation'
import { everyRestartPoint, FakeClock, RestartPointError, type Scenario } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { CountingClock } from '../support/counting-clock.js'
import { withProgram } from '../support/program.js'
import { rejection } from '../support/service.js'

const test = suite('everyRestartPoint')

let lucky = 0
/** Draws a number, by a step or not. */
function dice(isStep: boolean): Scenario {
  return {
    service() {
      const service = new Service()
      service.listen(events.Connect, async ({ client }) => {
        const name = await client.ask('Name: ')
        const draw = (): number => ++lucky
        const number = isStep ? await step('draw', draw) : draw()
        client.write(`Welcome, ${name}.`)
        client.write(`${await client.ask('Guess: ')} ${number}`)
      })
      return service
    },
    async play(connect) {
      lucky = 0
      const ann = await connect('ann')
      await ann.sees('Name: ')
      ann.type('Ann')
      await ann.sees('Guess: ')
      ann.type('2')
      await ann.sees('2 1')
    },
  }
}

test('counts the moments of a conversation that survives all of them', async () => {
  for (const crash of [false, true]) assert.is(await everyRestartPoint(dice(true), { crash }), 3)
})

test('nobody in a process of the play waits on once that is gone: the tests end when they are done', async () => {
  const clock = new CountingClock()
  const working: Promise<void>[] = []
  /** Longer than the play waits for anybody. */
  const work = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) await turn()
  }
  const scenario: Scenario = {
    service() {
      const service = new Service({ clock })
      service.listen(events.Connect, async ({ client }) => {
        const timeout = 120_000
        const name = await client.ask('Name: ', { timeout })
        // Done in any case, and then it asks on: its process may be gone by then.
        const done = work()
        working.push(done)
        await done
        client.write(`Hi ${name}. ${await client.ask('Password: ', { timeout })}`)
      })
      return service
    },
    async play(connect) {
      const [ann, bob] = [await connect('ann'), await connect('bob')]
      await ann.sees('Name: ')
      ann.type('Ann')
      await bob.sees('Name: ')
      await ann.sees('Password: ')
      ann.type('secret')
      await ann.sees('Hi Ann. secret')
    },
  }
  for (const crash of [false, true]) {
    assert.is(await everyRestartPoint(scenario, { crash }), 4)
    await Promise.all(working)
    await turn()
    assert.equal(clock.keeping, [])
  }
})

test('whoever has left in a process of the play leaves it no more once that is gone, however long handlers may go on', async () => {
  const clock = new CountingClock()
  const working: (() => void)[] = []
  const scenario: Scenario = {
    service() {
      const service = new Service({ clock })
      service.listen(events.Connect, async ({ client }) => {
        if ((await client.ask('Name: ')) === 'Bob') {
          await new Promise<void>((resolve) => working.push(resolve))
        }
        client.write('Hi')
      })
      return service
    },
    settings: { drain: 120_000 },
    async play(connect) {
      const [ann, bob] = [await connect('ann'), await connect('bob')]
      await bob.sees('Name: ')
      bob.type('Bob')
      await bob.leave()
      // Bob's handler is at work still.
      await ann.sees('Name: ')
      ann.type('Ann')
      await ann.sees('Hi')
      for (const done of working.splice(0)) done()
    },
  }
  assert.is(await everyRestartPoint(scenario, { crash: true, of: 'ann' }), 2)
  assert.equal(clock.keeping, [])
})

test('says at which moment somebody waits in vain', async () => {
  const error = (await rejection(everyRestartPoint(dice(false)))) as Error
  assert.instance(error, RestartPointError)
  assert.match(error.message, /^With a restart when ann had seen "Guess: " \(moment 2\): Expected "2 1"/)
})

test('other services and other plays of the same process may go on meanwhile', async () => {
  const ordinary = async (): Promise<void> => {
    for (let count = 0; count < 5; count++) {
      const service = new Service()
      await service.start({ port: 0, log: false })
      await service.stop()
    }
  }
  const scenario: Scenario = {
    service() {
      const service = new Service()
      service.listen(events.Connect, async ({ client }) => client.write(`Hi ${await client.ask('Name: ')}`))
      return service
    },
    async play(connect) {
      const ann = await connect('ann')
      await ann.sees('Name: ')
      ann.type('Ann')
      await ann.sees('Hi Ann')
    },
  }
  const plays = [1, 2].map(() => everyRestartPoint(scenario))
  assert.equal(await Promise.all([...plays, ordinary()]), [2, 2, undefined])
})

test('a conversation that goes on at the end of the play is not waited for, though the clock stands still', async () => {
  const scenario: Scenario = {
    service() {
      const service = new Service({ clock: new FakeClock() })
      service.listen(events.Connect, async ({ client }) => {
        for await (const line of client) client.write(`You said ${line}`)
      })
      return service
    },
    async play(connect) {
      const ann = await connect('ann')
      ann.type('hello')
      await ann.sees('You said hello')
    },
  }
  for (const crash of [false, true]) assert.is(await everyRestartPoint(scenario, { crash }), 1)
})

test('what the service says of the restart itself makes no difference, where the text is given', async () => {
  const scenario: Scenario = {
    service() {
      const service = new Service()
      service.listen(events.Connect, async ({ client }) => client.write(await client.ask('Name: ')))
      service.listen(events.PreRestart, () => service.writeAll('Hold on. ☕'))
      return service
    },
    async play(connect) {
      const ann = await connect('ann')
      await ann.sees('Name: ')
      ann.type('Ann')
      await ann.sees('Ann\n')
    },
  }
  assert.instance(await rejection(everyRestartPoint(scenario)), RestartPointError)
  assert.is(await everyRestartPoint(scenario, { announcement: 'Hold on. ☕' }), 2)
  // Whatever else it says does.
  const error = (await rejection(everyRestartPoint(scenario, { announcement: 'Hold on.' }))) as Error
  assert.match(error.message, /Hold on/)
})

test('shows the first difference, and both sides of it', async () => {
  let processes = 0
  const scenario: Scenario = {
    service() {
      processes += 1
      const service = new Service()
      service.listen(events.Connect, async ({ client }) => {
        await client.ask('Name: ')
        client.write(`Welcome to process ${processes}.`, 'Bye.')
      })
      return service
    },
    async play(connect) {
      processes = 1
      const ann = await connect('ann', { telnet: false })
      await ann.sees('Name: ')
      ann.type('Ann')
      await ann.sees('Bye.')
    },
  }
  const error = (await rejection(everyRestartPoint(scenario, { crash: true }))) as Error
  assert.is(
    error.message,
    [
      'ann sees something else, from byte 25 on, with a crash when ann had seen "Name: " (moment 1).',
      'Without: Name: Welcome to process 1.\\r\\nBye.\\r\\n◀',
      'With:    Name: Welcome to process 2.\\r\\nBye.\\r\\n◀',
    ].join('\n'),
  )
})

/** Whoever comes is greeted, with how often anybody has come to this process. */
function counting(play: Scenario['play'], prepare: (service: Service) => void = () => {}): Scenario {
  return {
    service() {
      let count = 0
      const service = new Service()
      service.listen(events.Connect, ({ client }) => client.write(`You are number ${++count}.`))
      service.listen(events.Receive, ({ client, data }) => client.write(data))
      prepare(service)
      return service
    },
    play,
  }
}

test('somebody who leaves and comes back is looked at each time', async () => {
  const scenario = counting(async (connect) => {
    const ann = await connect('ann')
    await ann.sees('number 1')
    await ann.leave()
    const bob = await connect('bob')
    await bob.sees('You are')
    const back = await connect('ann')
    await back.sees('You are')
  })
  const error = (await rejection(everyRestartPoint(scenario, { of: 'bob' }))) as Error
  assert.match(error.message, /^ann \(connection 2\) sees something else/)
})

test('whoever is cut off, or kept, by the new process sees something else', async () => {
  const play: Scenario['play'] = async (connect) => {
    const ann = await connect('ann')
    await ann.sees('number 1')
  }
  const cut = counting(play, (service) =>
    service.listen(events.PostRestart, () => {
      for (const client of service.clients) void client.close()
    }),
  )
  const error = (await rejection(everyRestartPoint(cut))) as Error
  assert.is(
    error.message,
    'The connection of ann is closed at the end, with a restart when ann had seen "number 1" (moment 1); without that it is open.',
  )
})

test('a play that is not the same each time is told from one that a restart has changed', async () => {
  let plays = 0
  const scenario = counting(async (connect) => {
    plays += 1
    const ann = await connect('ann')
    ann.type(`play ${plays}`)
    await ann.sees('play')
  })
  const error = (await rejection(everyRestartPoint(scenario))) as Error
  assert.match(error.message, /the play itself is not the same each time/)
  plays = 0
  const shorter = counting(async (connect) => {
    plays += 1
    const ann = await connect('ann')
    if (plays === 1) await ann.sees('number 1')
  })
  const other = (await rejection(everyRestartPoint(shorter))) as Error
  assert.match(other.message, /^The play had 1 moments the first time, and 0 now, without any restart/)
})

test('what is no scenario, and options that there are not, are refused by name before anything is played', async () => {
  const { service, play } = dice(true)
  const wrong: [unknown, unknown, RegExp][] = [
    [null, undefined, /got scenario: null/],
    [{ play }, undefined, /got service: undefined/],
    [{ service: 5, play }, undefined, /got service: 5/],
    [{ program: 5, play }, undefined, /got program: 5/],
    [{ service }, undefined, /got play: undefined/],
    [{ service, play }, null, /got options: null/],
    [
      { service, play },
      { crashes: true },
      /got crashes: true .*one of these options: times, of, announcement, crash/,
    ],
  ]
  for (const [scenario, options, message] of wrong) {
    const error = await rejection(everyRestartPoint(scenario as Scenario, options as never))
    assert.instance(error, InvalidOptionError)
    assert.match((error as Error).message, message)
  }
})

test('a play or options by which nothing would be tried are refused', async () => {
  const { service, play } = dice(true)
  for (const times of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.instance(await rejection(everyRestartPoint({ service, play }, { times })), InvalidOptionError)
  }
  const error = (await rejection(everyRestartPoint({ service, play }, { of: 'an' }))) as Error
  assert.instance(error, InvalidOptionError)
  assert.match(error.message, /of: an .*the name of somebody in the play: ann/)
  const silent = everyRestartPoint({ service, play: async (connect) => void (await connect('ann')) })
  assert.match(((await rejection(silent)) as Error).message, /^The play has no moment/)
})

test('whatever is thrown in a play is shown', async () => {
  let plays = 0
  const scenario = counting(async (connect) => {
    plays += 1
    const ann = await connect('ann')
    await ann.sees('number 1')
    if (plays === 2) throw undefined
  })
  const error = (await rejection(everyRestartPoint(scenario))) as Error
  assert.match(error.message, /^With a restart when ann had seen "number 1" \(moment 1\): undefined$/)
})

test('a handler that waits in vain in the new process fails the test, and does not end it in silence', () =>
  withProgram(['spec/testing/fixtures/stalled.ts'], async (program) => {
    assert.equal(await program.exit, { code: 1, signal: null })
    assert.match(program.stderr, /RestartPointError/)
  }))

for (const [what, listen, expected] of [
  [
    'is never ready',
    (service: Service) => service.listen(events.PreStart, () => new Promise(() => {})),
    /not ready within 100 ms: is a handler of PreStart still at work\?/,
  ],
  [
    'stops itself',
    (service: Service) => service.listen(events.PostStart, () => void service.stop()),
    /has stopped itself/,
  ],
  [
    'has a handler of PostStart that goes on for ever, as a game’s loop does,',
    (service: Service) => service.listen(events.PostStart, () => new Promise(() => {})),
    undefined,
  ],
] as const)
  test(`a service that ${what} ${expected ? 'fails the test' : 'is played'}, and nothing waits for ever`, async () => {
    const played = everyRestartPoint({
      service: () => {
        const service = new Service()
        listen(service)
        service.listen(events.Receive, ({ client }) => client.write('ok'))
        return service
      },
      settings: { readyTimeout: 100 },
      async play(connect) {
        const ann = await connect('ann')
        ann.type('hello')
        await ann.sees('ok')
      },
    })
    if (expected === undefined) assert.is(await played, 1)
    else assert.match(String(await rejection(played)), expected)
  })

test('a handler that waits for a clock which stands still does not keep a restart waiting for ever', async () => {
  const played = everyRestartPoint({
    service: () => {
      const service = new Service({ clock: new FakeClock() })
      service.listen(events.Receive, async ({ client }) => {
        client.write('working')
        await new Promise((resolve) => service.clock.setTimeout(resolve as () => void, 1_000))
      })
      return service
    },
    settings: { restartWait: 50 },
    async play(connect) {
      const ann = await connect('ann')
      ann.type('work')
      await ann.sees('working')
    },
  })
  // It begins again, and says so once more.
  assert.match(String(await rejection(played)), /ann sees something else/)
})

test('settings of the program’s own are settings like others', async () => {
  const points = await everyRestartPoint({
    service: () => {
      const service = new Service({ settings: { motd: z.string() } })
      service.listen(events.Connect, async ({ client }) => {
        await client.ask(`${service.settings.motd}? `)
      })
      return service
    },
    settings: { motd: 'Well', telnet: false },
    async play(connect) {
      const ann = await connect('ann')
      await ann.sees('Well? ')
    },
  })
  assert.is(points, 1)
})

test('only the moments of one client, and more than one blow at each', async () => {
  const { service, play } = dice(true)
  let started = 0
  const counted: Scenario = {
    service() {
      started += 1
      return service()
    },
    async play(connect) {
      const bob = await connect('bob')
      await bob.sees('Name: ')
      await play(connect)
    },
  }
  assert.is(await everyRestartPoint(counted, { of: 'ann', times: 3 }), 3)
  // Once for the whole, and for each moment one and three more.
  assert.is(started, 1 + 3 * 4)
})

test.run()
