// Payments that are done once, while one process after another is lost in the middle of them: the recipe of docs/storage.md.
import { events, Service } from 'mara-ts'
import { step } from 'mara-ts/conversation'
import { connectTo, everyRestartPoint } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ledger, makeService } from '../../examples/bank/service.js'
import { Stage } from '../../lib/testing/stage.js'

const test = suite('a bank')

/** What never comes to its end: the process is lost meanwhile. */
const never = new Promise<never>(() => {})

const originals = { pay: Ledger.prototype.pay, save: Ledger.prototype.save }
test.after.each(() => {
  Object.assign(Ledger.prototype, originals)
})

/** Ann pays Bob 5 of her 10 gold, and `kill` is called where the method begins or ends, if it may be called. */
async function paid(method: 'pay' | 'save', moment: 'begins' | 'has ended', times: number): Promise<void> {
  const stage = new Stage(makeService)
  let deaths = 0
  const original = originals[method] as (...args: unknown[]) => Promise<unknown>
  Object.assign(Ledger.prototype, {
    async [method](this: Ledger, ...args: unknown[]) {
      const mayDie = deaths < times
      if (mayDie) deaths += 1
      if (mayDie && moment === 'has ended') await original.apply(this, args)
      if (mayDie) {
        void stage.crash()
        await never
      }
      return original.apply(this, args)
    },
  })
  await stage.start()
  try {
    const ann = await connectTo(stage, { name: 'ann' })
    await ann.sees('Name: ')
    ann.type('ann')
    await ann.sees('Pay somebody')
    ann.type('pay bob 5')
    await ann.sees('You have paid bob 5 gold.')
    const ledger = stage.service.stores.manager(Ledger).get('main')
    assert.equal(ledger?.gold, { ann: 5, bob: 15 })
    await ledger?.load()
    assert.equal(ledger?.gold, { ann: 5, bob: 15 })
    assert.is(deaths, times)
    await ann.leave()
  } finally {
    await stage.stop()
  }
}

for (const method of ['pay', 'save'] as const) {
  for (const moment of ['begins', 'has ended'] as const) {
    for (const times of [1, 3]) {
      test(`pays once, if ${times} processes die as ${method}() ${moment}`, () => paid(method, moment, times))
    }
  }
}

for (const crash of [false, true]) {
  test(`tells everybody the same, with a ${crash ? 'crash' : 'restart'} at each moment`, async () => {
    await everyRestartPoint(
      {
        service: makeService,
        async play(connect) {
          const ann = await connect('ann')
          await ann.sees('Name: ')
          ann.type('ann')
          await ann.sees('Pay somebody')
          ann.type('pay bob 7')
          await ann.sees('You have paid bob 7 gold.')
          ann.type('pay bob 7')
          await ann.sees('You have too little.')
          ann.type('gold')
          await ann.sees('You have 3 gold.')
        },
      },
      { crash },
    )
  })
}

/** What Ann sees of a handler that asks nothing and in which a process dies. `die` kills the first process that calls it. */
async function seenOf(work: (die: () => Promise<void>) => Promise<unknown>): Promise<string> {
  let deaths = 0
  const die = async (): Promise<void> => {
    if (deaths++ > 0) return
    // What was written so far has left the process.
    await stage.settle()
    void stage.crash()
    await never
  }
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(events.Receive, async ({ client, again }) => {
      client.write(`again: ${again}`)
      await work(die)
      client.write('done')
    })
    return service
  })
  await stage.start()
  const ann = await connectTo(stage)
  ann.type('go')
  await ann.sees('done')
  await ann.leave()
  await stage.stop()
  return ann.seen
}

test('a handler that has asked nothing begins again, unless it has begun a step (7)', async () => {
  assert.is(await seenOf((die) => die()), 'again: false\nagain: true\ndone\n')
  assert.is(await seenOf((die) => step('one', die)), 'again: false\ndone\n')
})

test('steps that were done are not done again in a handler that asks nothing', async () => {
  let times = 0
  const seen = await seenOf(async (die) => {
    await step('one', () => {
      times += 1
    })
    await step('two', die)
  })
  assert.is(seen, 'again: false\ndone\n')
  assert.is(times, 1)
})

test.run()
