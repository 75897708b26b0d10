import { events, Service } from 'mara-ts'
import { now, random, StepError, step } from 'mara-ts/conversation'
import { connectTo } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { deferred, running } from '../support/service.js'
import { staged, talking } from './staged.js'

const test = suite('step')

test('runs once; a later process has its result', async () => {
  let runs = 0
  const make = talking(async (client) => {
    const result = await step('count', () => ({ runs: ++runs, at: new Date(5), list: [1n] }))
    for (;;) client.write(`${await client.nextLine()} ${result.runs} ${result.at.getTime()} ${result.list}`)
  })
  await staged(make, async ({ stage, ann }) => {
    for (const [i, how] of (['restart', 'crash', 'restart'] as const).entries()) {
      ann.type(`line ${i}`)
      await ann.sees(`line ${i} 1 5 1`)
      await stage[how]()
    }
  })
  assert.is(runs, 1)
})

test('has failed as it failed: an error is kept by its name and message', async () => {
  let runs = 0
  const make = talking(async (client) => {
    const told = await step('fail', () => {
      runs += 1
      throw new RangeError('too far')
    }).catch((error: Error) => `${error.name}: ${error.message}`)
    for (;;) client.write(`${await client.nextLine()} ${told}`)
  })
  await staged(make, async ({ stage, ann }) => {
    ann.type('a')
    await ann.sees('a RangeError: too far')
    await stage.crash()
    ann.type('b')
    await ann.sees('b RangeError: too far')
  })
  assert.is(runs, 1)
})

test('one that was cut short is begun again, and told so', async () => {
  const attempts: boolean[] = []
  const make = talking(async (client) => {
    client.write('paying')
    await step('pay', ({ again }) => {
      attempts.push(again)
      return again ? undefined : new Promise(() => {})
    })
    client.write('paid')
  })
  await staged(make, async ({ stage, ann }) => {
    await ann.sees('paying')
    await stage.crash()
    await ann.sees('paid')
  })
  assert.equal(attempts, [false, true])
})

test('steps side by side, and a step in a step, which is a part of it', async () => {
  const runs: string[] = []
  const once = (label: string): Promise<string> =>
    step(label, async () => {
      runs.push(label)
      return label
    })
  const make = talking(async (client) => {
    const both = await Promise.all([once('a'), once('b')])
    const outer = await step('outer', async () => `outer ${await once('inner')}`)
    for (;;) client.write(`${await client.nextLine()} ${both} ${outer}`)
  })
  await staged(make, async ({ stage, ann }) => {
    ann.type('1')
    await ann.sees('1 a,b outer inner')
    await stage.crash()
    ann.type('2')
    await ann.sees('2 a,b outer inner')
  })
  assert.equal(runs, ['a', 'b', 'inner'])
})

test('one whose result is refused is done: no later process does it again', async () => {
  let runs = 0
  const make = talking(async (client) => {
    const wrong = (): unknown => {
      runs += 1
      return new (class Thing {})()
    }
    const error = await step('wrong', wrong).catch((error: Error) => error as Error)
    const nothing = await step('nothing', () => undefined)
    for (;;) client.write(`${await client.nextLine()} ${(error as Error).name} ${nothing}`)
  })
  await staged(make, async ({ stage, ann }) => {
    ann.type('a')
    await ann.sees('a StepError undefined')
    for (const line of ['b', 'c']) {
      await (line === 'b' ? stage.crash() : stage.restart())
      ann.type(line)
      await ann.sees(`${line} StepError undefined`)
    }
  })
  assert.is(runs, 1)
})

test('refuses a result that could not be restored as it is, and a question to its own client', async () => {
  const errors: unknown[] = []
  const make = talking(async (client) => {
    for (const fn of [() => new (class Thing {})(), () => () => {}, () => client.nextLine()]) {
      await step('wrong', fn as () => unknown).catch((error) => errors.push(error))
    }
    client.write('done')
  })
  await staged(make, async ({ ann }) => {
    await ann.sees('done')
  })
  assert.is(errors.length, 3)
  for (const error of errors) assert.instance(error, StepError)
  assert.match(
    (errors[0] as Error).message,
    "The result of the step 'wrong' can't be restored as it is: it is a Thing",
  )
  assert.match((errors[2] as Error).message, "The step 'wrong' asks its own client for a line")
})

test('another client is asked for a line in a step, and a handler that asks it otherwise begins again', async () => {
  const make = (isStep: boolean) => () => {
    const service = new Service<Record<string, unknown>>()
    service.listen(events.Connect, async ({ client, again }) => {
      if (client.id === 1) return
      if (again) client.write('again')
      const other = [...service.clients][0]
      const ask = (): Promise<string> => other?.nextLine() as Promise<string>
      client.write('waiting')
      const line = await (isStep ? step('the other one agrees', ask) : ask())
      for (;;) client.write(`${line} ${await client.nextLine()}`)
    })
    return service
  }
  for (const isStep of [true, false]) {
    await staged(make(isStep), async ({ stage, ann }) => {
      const bob = await connectTo(stage, { name: 'bob', telnet: false })
      await bob.sees('waiting')
      ann.type('yes')
      bob.type('one')
      await bob.sees('yes one')
      await stage.crash()
      if (!isStep) {
        await bob.sees('again', 'waiting')
        ann.type('yes')
      }
      bob.type('two')
      await bob.sees('yes two')
    })
  }
})

test('whoever is asked for a line in the step of another client sees nothing of a restart', async () => {
  const make = (): Service<Record<string, unknown>> => {
    const service = new Service<Record<string, unknown>>()
    service.listen(events.Connect, async ({ client }) => {
      if (client.id === 1) return
      const other = [...service.clients][0]
      await step('the other one is asked', ({ again }) => again || other?.write('Do you agree?'))
      const answer = await step('the other one agrees', () => other?.nextLine())
      client.write(`${answer}`)
    })
    return service
  }
  await staged(make, async ({ stage, ann }) => {
    const bob = await connectTo(stage, { name: 'bob', telnet: false })
    await ann.sees('Do you agree?')
    await stage.restart()
    await stage.crash()
    await stage.restart()
    ann.type('yes')
    await bob.sees('yes')
    assert.is(ann.seen, 'Do you agree?\n')
  })
})

test('that it has begun is known before anything of it is done, even if the process dies in the same breath', async () => {
  const attempts: boolean[] = []
  const struck = deferred()
  const make = talking(async (client) => {
    const order = await client.nextLine()
    await step('charge', ({ again }) => {
      attempts.push(again)
      struck.resolve()
      return again ? undefined : new Promise(() => {})
    })
    client.write(`charged for ${order}`)
  })
  await staged(make, async ({ stage, ann }) => {
    ann.type('tea')
    await struck.promise
    await stage.crash()
    await ann.sees('charged for tea')
  })
  assert.equal(attempts, [false, true])
})

test('a process that has died, or let its client go, begins none', async () => {
  let runs = 0
  const read = deferred()
  const make = talking(async (client) => {
    await client.nextLine()
    read.resolve()
    await new Promise((resolve) => setImmediate(resolve))
    await step('count', () => ++runs)
    client.write('counted')
  })
  await staged(make, async ({ stage, ann }) => {
    ann.type('go')
    await read.promise
    await stage.crash()
    await ann.sees('counted')
  })
  assert.is(runs, 1)
})

test('the time and chance are what they were', async () => {
  const make = talking(async (client) => {
    const drawn = `${now()} ${random()}`
    for (;;) client.write(`${await client.nextLine()} ${drawn}`)
  })
  await staged(make, async ({ stage, ann }) => {
    ann.type('a')
    const { text } = await ann.sees(/a (.*)\n/)
    await stage.crash()
    ann.type('b')
    await ann.sees(text.replace(/^.*a /s, 'b '))
  })
})

test('without an angel, and outside of handlers, it only does what it is given', async () => {
  assert.is(await step('add', ({ again }) => (again ? 0 : 1)), 1)
  assert.ok(now() > 0 && random() < 1)
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => client.write(await step('say', () => 'hello')))
  await running(service, async () => {
    const ann = await connectTo(service)
    await ann.sees('hello')
  })
})

test.run()
