// What programs see of conversations that move to another process.
import { setImmediate as turn } from 'node:timers/promises'
import { type Client, events, Handler, Service } from 'mara-ts'
import { now, random, step } from 'mara-ts/conversation'
import { password } from 'mara-ts/prompts'
import { Store } from 'mara-ts/storage'
import { connectTo, FakeClock } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.js'
import { Stage } from '../../lib/testing/stage.js'
import { Records } from '../support/records.js'
import { turns } from '../support/service.js'
import { staged, type Talk, talking } from './staged.js'

const test = suite('conversations')

type Person = Client<Record<string, unknown>>

test('catch and finally do not run in a process that the conversation has left', async () => {
  const ran: string[] = []
  const clock = new FakeClock()
  const talk = async (client: Person): Promise<void> => {
    try {
      await client.nextLine({ timeout: 50 })
      await client.nextLine()
    } catch (error) {
      ran.push((error as Error).name)
      throw error
    } finally {
      ran.push('finally')
    }
  }
  await staged(talking(talk, clock), async ({ stage, ann }) => {
    ann.type('a')
    await stage.restart()
    await stage.crash()
    await stage.restart()
    // The time of the first wait would be up long ago, were it still running somewhere.
    await clock.advance(1_000)
    assert.equal(ran, [])
    await ann.leave()
    while (ran.length < 2) await stage.settle()
  })
  assert.equal(ran, ['ClientDisconnectedError', 'finally'])
})

test('a wait has the time that was left of it, also where it has passed meanwhile', async () => {
  const make = talking(async (client) => {
    const began = Date.now()
    await client.nextLine({ timeout: 100 }).catch(() => {})
    client.write(`late after ${Date.now() - began > 5_000 ? 'long' : 'a moment'}`)
    await client.nextLine({ timeout: 3_600_000 })
    client.write('in time')
  })
  await staged(make, async ({ stage, ann }) => {
    await stage.restart()
    await ann.sees('late after a moment')
    await stage.crash()
    ann.type('here')
    await ann.sees('in time')
  })
})

test('a wait takes no longer than was asked for, also where the clock was set back meanwhile', async () => {
  const fake = new FakeClock()
  let setBack = 0
  const clock: Clock = {
    now: () => fake.now() - setBack,
    setTimeout: (fn, ms) => fake.setTimeout(fn, ms),
    clearTimeout: (alarm) => fake.clearTimeout(alarm),
  }
  const make = talking(async (client) => {
    client.write('Well?')
    await client.nextLine({ timeout: 60_000 }).catch(() => client.write('late'))
  }, clock)
  await staged(make, async ({ stage, ann }) => {
    await ann.sees('Well?')
    setBack = 3_600_000
    await stage.restart()
    await fake.advance(60_000)
    await ann.sees('late')
  })
})

test('handlers before the one in flight are not run again, and what they added to the event is there', async () => {
  const ran: string[] = []
  const make = (): Service<Record<string, unknown>> => {
    const service = new Service<Record<string, unknown>>()
    service.listen(events.Connect, async function first(event) {
      ran.push('first')
      await event.client.nextLine()
      Object.assign(event, { guest: { name: 'ann', since: new Date(5), owner: event.client } })
    })
    service.listen(events.Connect, async function second(event) {
      const { guest } = event as unknown as { guest: { name: string; since: Date; owner: Person } }
      const { client } = event
      const answer = await client.ask('Ready? ')
      client.write(`${guest.name} ${guest.since.getTime()} ${guest.owner === client} ${answer}`)
    })
    service.listen(events.Connect, ({ client }) => client.write('third'))
    return service
  }
  await staged(make, async ({ stage, ann }) => {
    ann.type('x')
    await ann.sees('Ready? ')
    await stage.crash()
    await stage.restart()
    ann.type('yes')
    await ann.sees('ann 5 true yes', 'third')
  })
  assert.equal(ran, ['first'])
})

test('a finished step of a Handler is not run again, and its fields are what they were', async () => {
  const ran: string[] = []
  class Login extends Handler<events.Connect> {
    name = ''
    tried: string[] = []
    async handler_10_name({ client }: events.Connect): Promise<void> {
      ran.push('name')
      this.name = await (client as Person).ask('Name: ')
      this.tried.push(this.name)
      if (this.name === 'bob') this.handlers = this.getHandlers()
    }
    async handler_20_age({ client }: events.Connect): Promise<void> {
      ran.push('age')
      client.write(`${this.name} ${this.tried} ${await (client as Person).ask('Age: ')}`)
    }
  }
  const make = (): Service<Record<string, unknown>> => {
    const service = new Service<Record<string, unknown>>()
    service.listen(events.Connect, Login as never)
    return service
  }
  await staged(make, async ({ stage, ann }) => {
    ann.type('bob')
    await ann.sees('Name: ', 'Name: ')
    ran.length = 0
    await stage.crash()
    assert.equal(ran, ['name'])
    ann.type('ann')
    await ann.sees('Age: ')
    ran.length = 0
    await stage.restart()
    await stage.crash()
    assert.equal(ran, ['age', 'age'])
    ann.type('30')
    await ann.sees('ann bob,ann 30')
  })
})

test('a Handler whose fields ask for the time goes on after its finished steps, and the time is what it was', async () => {
  const make = (): Service<Record<string, unknown>> => {
    const service = new Service<Record<string, unknown>>()
    service.listen(
      events.Connect,
      class Login extends Handler<events.Connect> {
        at = now()
        async handler_1({ client }: events.Connect): Promise<void> {
          client.write(`${this.at} ${await client.ask('A: ')}`)
        }
        async handler_2({ client }: events.Connect): Promise<void> {
          client.write(`${this.at} ${await client.ask('B: ')} ${await client.ask('C: ')}`)
        }
      },
    )
    return service
  }
  await staged(make, async ({ stage, ann }) => {
    await ann.sees('A: ')
    await stage.restart()
    ann.type('one')
    const [at] = (await ann.sees(/(\d+) one/)).groups
    await stage.restart()
    ann.type('two')
    await ann.sees('C: ')
    await stage.crash()
    ann.type('three')
    await ann.sees(`${at} two three`)
  })
})

test('what others say is seen while a conversation is replayed; what it says itself is not said again, to anybody', async () => {
  const make = (): Service<Record<string, unknown>> => {
    const service = new Service<Record<string, unknown>>()
    service.listen(events.Connect, async ({ client }) => {
      for (;;) {
        service.writeAll(`${client.id} says ${await client.nextLine()}`)
        // Long enough for the other one's to come in between.
        await turn()
      }
    })
    return service
  }
  const stage = new Stage(make as never)
  await stage.start()
  const [ann, bob] = [await connectTo(stage, { telnet: false }), await connectTo(stage, { telnet: false })]
  for (const line of ['a', 'b', 'c']) {
    ann.type(line)
    await bob.sees(`1 says ${line}`)
    await stage.crash()
  }
  bob.type('d')
  await ann.sees('2 says d')
  await bob.sees('2 says d')
  const said = (text: string): string[] => text.split('\n').filter((line) => line.includes('says'))
  assert.equal(said(ann.seen), ['1 says a', '1 says b', '1 says c', '2 says d'])
  assert.equal(said(bob.seen), said(ann.seen))
  await stage.stop()
})

test('work that a handler has started and does not await goes on, and is heard', async () => {
  let over = false
  const make = talking(async (client) => {
    let ticks = 0
    const tick = async (): Promise<void> => {
      while (!over) {
        await turn()
        if (client.state.wanted === true && ticks < 1) client.write(`tick ${++ticks}`)
      }
    }
    void tick()
    await client.nextLine()
    client.state.wanted = true
    await client.nextLine()
  })
  await staged(make, async ({ stage, ann }) => {
    await stage.crash()
    ann.type('go')
    await ann.sees('tick 1')
    over = true
  })
})

test('client.state is for a replay what it was, and then, in place, what was saved last', async () => {
  const seen: unknown[] = []
  const make = talking(async (client) => {
    const { state } = client
    state.bag ??= ['hat']
    const bag = state.bag as string[]
    seen.push(JSON.stringify(state))
    bag.push(await client.nextLine())
    for (;;) {
      const line = await client.nextLine()
      client.write(`${line} ${bag} ${state.bag === bag} ${client.state === state}`)
    }
  })
  await staged(make, async ({ stage, ann }) => {
    ann.type('sword', 'a')
    await ann.sees('a hat,sword true true')
    for (const client of stage.service.clients) (client.state.bag as string[]).push('gift')
    ann.type('b')
    await ann.sees('b hat,sword,gift true true')
    await stage.crash()
    ann.type('c')
    await ann.sees('c hat,sword,gift true true')
  })
  assert.equal(seen, ['{"bag":["hat"]}', '{"bag":["hat"]}'])
})

test('one that is longer than maxJournal begins again, and the log names its handler once', async () => {
  const make = talking(async (client) => {
    client.write('begun')
    for (let count = 1; ; count++) client.write(`${count} ${await client.nextLine()}`)
  })
  const warnings: string[] = []
  const logger = {
    child: () => logger,
    ...Object.fromEntries(['trace', 'debug', 'info', 'error', 'fatal'].map((level) => [level, () => {}])),
    warn: (...words: unknown[]) => warnings.push(words.join(' ')),
  }
  await staged(
    make,
    async ({ stage, ann }) => {
      ann.type('a', 'b', 'c')
      await ann.sees('3 c')
      await stage.restart()
      await stage.crash()
      ann.type('d')
      await ann.sees('4 d')
      await stage.restart()
      await ann.sees('begun')
    },
    { log: logger, maxJournal: 3 },
  )
  const told = warnings.filter((text) => text.includes('maxJournal'))
  assert.is(told.length, 1, warnings.join('\n'))
  assert.match(told[0] as string, 'the handler talks of Connect')
  assert.match(told[0] as string, 'loop()')
})

test('what is written in the last moment before a restart is not lost', async () => {
  const make = (): Service<Record<string, unknown>> => {
    const service = new Service<Record<string, unknown>>()
    // Everybody has been stopped by then, and no turn of the executor follows.
    service.listen(events.Suspend, () => service.writeAll('moving'))
    service.listen(events.PostRestart, () => service.writeAll('moved'))
    return service
  }
  await staged(make, async ({ stage, ann }) => {
    await stage.restart()
    await ann.sees('moving\nmoved')
  })
})

test('what a handler says at its end, after it has awaited something else, is not lost with its process', async () => {
  const talk: Talk = async (client, service) => {
    client.write(`Hello ${await client.ask('Name: ')}`)
    await turn()
    client.write('That is all.')
    service.writeAll('Really.')
  }
  // Killed at each moment between the answer and long after the end.
  for (let moment = 0; moment < 8; moment++) {
    await staged(talking(talk), async ({ stage, ann }) => {
      await ann.sees('Name: ')
      ann.type('Ann')
      await turns(moment)
      await stage.crash()
      await ann.sees('Really.')
      await stage.settle()
      assert.is(ann.seen, 'Name: Hello Ann\nThat is all.\nReally.\n', `killed at moment ${moment}`)
    })
  }
})

test('the Disconnect of a client that is closed in the last moment before a restart is heard', async () => {
  const make = (): Service<Record<string, unknown>> => {
    const service = new Service<Record<string, unknown>>()
    service.listen(events.Connect, async ({ client }) => {
      if ((await client.ask('Name: ')) !== 'bob') return
      void client.close()
      await client.nextLine()
    })
    service.listen(events.Disconnect, () => service.writeAll('somebody has left'))
    return service
  }
  await staged(make, async ({ stage, ann }) => {
    const bob = await connectTo(stage, { name: 'bob', telnet: false })
    await bob.sees('Name: ')
    bob.type('bob')
    await stage.restart()
    await ann.sees('somebody has left')
  })
})

test('whoever the service closes has a Disconnect, whenever its process is killed', async () => {
  const left: string[] = []
  const make = (): Service<Record<string, unknown>> => {
    const service = new Service<Record<string, unknown>>()
    service.listen(events.Receive, ({ client, data }) => {
      client.write('Bye.')
      if (data === 'destroy') client.destroy()
      else void client.close()
    })
    service.listen(events.Disconnect, ({ client }) => left.push(`${client.id}`))
    return service
  }
  for (const how of ['close', 'destroy']) {
    for (let moment = 1; moment < 8; moment++) {
      left.length = 0
      await staged(make, async ({ stage, ann }) => {
        ann.type(how)
        await turns(moment)
        await stage.crash()
        await stage.settle()
        assert.is(left.length > 0, true, `${how}, killed at moment ${moment}`)
        assert.is(stage.service.clients.size, 0)
      })
    }
  }
})

test('with onRestart=disconnect whoever is told goodbye has gone before the next process begins', async () => {
  let processes = 0
  const gone: number[] = []
  const make = (): Service<Record<string, unknown>> => {
    const process = ++processes
    const service = new Service<Record<string, unknown>>()
    service.listen(events.Connect, ({ client }) => client.ask('Name: '))
    service.listen(events.Disconnect, () => gone.push(process))
    return service
  }
  await staged(
    make,
    async ({ stage, ann }) => {
      await ann.sees('Name: ')
      await stage.restart()
      assert.equal(gone, [1])
    },
    { log: false, onRestart: 'disconnect' },
  )
  assert.equal(gone, [1])
})

test('with onRestart=restart nothing is written down, and handlers begin again', async () => {
  const make = talking(async (client) => client.write(`${await client.ask('Name: ')}`))
  let isTold = false
  const stage = new Stage(make as never, { log: false, onRestart: 'restart' })
  stage.onBytes = (bytes) => {
    isTold ||= bytes.includes('"handler":')
  }
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  await ann.sees('Name: ')
  await stage.crash()
  await ann.sees('Name: ')
  assert.not.ok(isTold)
  await stage.stop()
})

test('a journal that a process with another onRestart finds is dropped', async () => {
  const make = talking(async (client) => client.write(`Hello, ${await client.ask('Name: ')}!`))
  const stage = new Stage(make as never)
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  await ann.sees('Name: ')
  assert.ok(stage.journalLength > 0)
  stage.settings = { log: false, onRestart: 'restart' }
  await stage.restart()
  await ann.sees('Name: ')
  assert.is(stage.journalLength, 0)
  stage.settings = { log: false }
  await stage.restart()
  // Its handler waits again, and nothing has replayed the question that it asked two processes ago.
  ann.type('ann')
  await ann.sees('Hello, ann!')
  await stage.stop()
})

test('state that is frozen, or very deep, goes on like any other, and holds up nobody', async () => {
  const make = talking(async (client) => {
    const name = await client.ask('Name: ')
    let deep: object = {}
    for (let i = 0; i < 20_000; i++) deep = { deep }
    client.state = name === 'deep' ? { name, deep } : Object.freeze({ name })
    for (;;) client.write(`${client.state.name} says ${await client.nextLine()}`)
  })
  await staged(make, async ({ stage, ann }) => {
    const bob = await connectTo(stage, { name: 'bob', telnet: false })
    ann.type('frozen')
    bob.type('deep')
    for (const line of ['a', 'b', 'c']) {
      for (const one of [ann, bob]) one.type(line)
      await ann.sees(`frozen says ${line}`)
      await bob.sees(`deep says ${line}`)
      await (line === 'a' ? stage.crash() : stage.restart())
    }
  })
})

test('how much of a journal is too much does not depend on the state that it begins with, but on all that is recorded', async () => {
  const records = new Records()
  const make = talking(async (client) => {
    client.state.large ??= 'x'.repeat(10_000)
    const count = Number(await client.ask('How many: '))
    for (let i = 0; i < count; i++) random()
    client.write(`${await client.ask('Name: ')} is in`)
    await client.nextLine()
  })
  const settings = { log: records, maxJournalBytes: 1_000 }
  await staged(
    make,
    async ({ stage, ann }) => {
      ann.type('0')
      await ann.sees('Name: ')
      await stage.crash()
      ann.type('ann')
      await ann.sees('ann is in')
      assert.not.match(records.problems.map(({ message }) => message).join(), 'maxJournal')
      const bob = await connectTo(stage, { name: 'bob', telnet: false })
      bob.type('1000')
      await bob.sees('Name: ')
      await stage.settle()
      assert.ok(stage.journalLength < 30_000, `${stage.journalLength} bytes`)
    },
    settings,
  )
})

test('what was typed hidden is in no byte that leaves the process', async () => {
  const make = (): Service<Record<string, unknown>> => {
    const service = new Service<Record<string, unknown>>()
    service.listen(events.Connect, async ({ client }) => {
      const one = await password(client, { message: 'Password: ', repeat: 'Again: ' })
      // Typed hidden, and read by nobody yet when the process ends.
      client.hideInput()
      client.write('More')
      await client.nextLine()
      const two = await client.nextLine()
      client.showInput()
      client.write(`${one.length} ${two.length}`)
    })
    service.listen(events.Receive, async ({ client, data }) => {
      client.hideInput()
      client.prompt(`${data.length} `)
      client.write(`${(await client.ask('Sure? ')).length}`)
    })
    return service
  }
  const stage = new Stage(make as never)
  const bytes: Buffer[] = []
  stage.onBytes = (chunk) => bytes.push(Buffer.from(chunk))
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  await ann.sees('Password: ')
  await stage.crash()
  ann.type('hunter2')
  await ann.sees('Again: ')
  await stage.restart()
  ann.type('hunter2')
  await ann.sees('More')
  await stage.crash()
  ann.type('hunter2x')
  await stage.settle()
  // The last one is for Receive, and was still typed hidden.
  ann.type('hunter2yz', 'hunter2abc')
  await ann.sees('7 9', '10 Sure? ')
  await stage.restart()
  ann.type('hunter2')
  await ann.sees('7')
  const sent = Buffer.concat(bytes)
  for (const encoded of ['hunter2', Buffer.from('hunter2').toString('base64').slice(0, 8)]) {
    const place = sent.indexOf(encoded)
    assert.is(place, -1, sent.subarray(Math.max(0, place - 200), place + 50).toString())
  }
  await stage.stop()
})

test('a password that a Handler keeps in a field is in no byte that leaves the process, and is there in the next one', async () => {
  const make = (): Service<Record<string, unknown>> => {
    const service = new Service<Record<string, unknown>>()
    service.listen(
      events.Connect,
      class Login extends Handler<events.Connect> {
        secret = ''
        async handler_1({ client }: events.Connect): Promise<void> {
          this.secret = await password(client, { message: 'Password: ' })
        }
        async handler_2({ client }: events.Connect): Promise<void> {
          client.write(`${await client.ask('Name: ')} ${this.secret.length}`)
        }
      },
    )
    return service
  }
  const bytes: Buffer[] = []
  await staged(make, async ({ stage, ann }) => {
    stage.onBytes = (chunk) => bytes.push(Buffer.from(chunk))
    await ann.sees('Password: ')
    ann.type('hunter2')
    await ann.sees('Name: ')
    await stage.crash()
    ann.type('ann')
    await ann.sees('ann 7')
  })
  assert.ok(bytes.length > 0)
  assert.is(Buffer.concat(bytes).indexOf('hunter2'), -1)
})

test('what cannot be brought to where it was begins again, or is disconnected (onDivergence)', async () => {
  for (const onDivergence of ['again', 'disconnect'] as const) {
    let version = 1
    let begun = 0
    const stage = new Stage(
      talking(async (client) => {
        begun += 1
        await client.ask(version === 1 ? 'Name: ' : 'City: ')
        await (version === 1 ? client.ask('City: ') : password(client as never, { message: 'Secret: ' }))
        client.write('done')
      }) as never,
      { log: false, onDivergence },
    )
    await stage.start()
    const ann = await connectTo(stage, { telnet: false })
    ann.type('ann')
    await ann.sees('City: ')
    version = 2
    const [found] = await stage.preflight()
    assert.match(found?.client ?? '', 'Client #1')
    assert.equal(
      [found?.event, found?.handler, found?.question, found?.asked, found?.recorded],
      ['Connect', 'talks', 0, 'ask "City: "', 'ask "Name: "'],
    )
    await stage.crash()
    if (onDivergence === 'again') {
      await ann.sees('City: ')
      ann.type('rome')
      await ann.sees('Secret: ')
    } else {
      await ann.sees('Please connect again.')
      await stage.settle()
    }
    // The first time, to be tried out, and in the replay: one that is disconnected does not begin once more.
    assert.is(begun, onDivergence === 'again' ? 4 : 3)
    await stage.stop()
  }
})

test('a handler that has asked nothing begins again, where others come before it, too: what it does is done', async () => {
  class Chest extends Store.define('chest', { coins: z.number().default(0) }) {}
  const log: unknown[] = []
  let isStuck = true
  const make = (): Service<{ lines?: number }> => {
    const service = new Service<{ lines?: number }>()
    const chests = service.stores.manager(Chest)
    service.listen(events.Receive, () => {
      log.push('before')
    })
    service.listen(events.Receive, async ({ client, again }) => {
      log.push(again)
      const chest = (await chests.load('chest')) ?? (await chests.create('chest'))
      chest.coins = 7
      // The process is lost here.
      if (isStuck) await new Promise(() => {})
      await chest.save()
      client.write(`coins: ${chest.coins}`)
    })
    service.listen(events.Receive, ({ client }) => client.write(`${chests.get('chest')?.coins}`))
    return service
  }
  const stage = new Stage(make as never)
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  ann.type('open')
  while (log.length < 2) await turn()
  await stage.settle()
  isStuck = false
  await stage.crash()
  await ann.sees('coins: 7\n7\n')
  assert.equal(log, ['before', false, true])
  await stage.stop()
})

test('a stored object in the field of a Handler is there in the next process, though it is not active', async () => {
  class Chest extends Store.define('chest', { coins: z.number().default(0) }) {}
  const make = (): Service<Record<string, unknown>> => {
    const service = new Service<Record<string, unknown>>()
    const chests = service.stores.manager(Chest)
    service.listen(
      events.Connect,
      class Open extends Handler<events.Connect> {
        chest: Chest | undefined
        async handler_1({ client }: events.Connect): Promise<void> {
          const coins = Number(await client.ask('Coins: '))
          await step('make it', async () => {
            const chest = await chests.create('chest', { coins })
            await chest.save()
            chests.release(chest)
            return true
          })
        }
        async handler_2(): Promise<void> {
          this.chest = await chests.load('chest', { activate: false })
        }
        async handler_3({ client }: events.Connect): Promise<void> {
          client.write(`${await client.ask('Name: ')} ${this.chest?.coins}`)
        }
      },
    )
    return service
  }
  const stage = new Stage(make as never)
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  ann.type('7')
  await ann.sees('Name: ')
  await stage.crash()
  await stage.settle()
  await stage.restart()
  ann.type('ann')
  await ann.sees('ann 7')
  await stage.stop()
})

/** Two steps that each ask something; `tell` says what the second one has found. */
class Flow extends Handler<events.Connect> {
  async handler_1({ client }: events.Connect): Promise<void> {
    await client.ask('Name: ')
    this.change()
  }
  async handler_2({ client }: events.Connect): Promise<void> {
    await client.ask('City: ')
    client.write(this.tell())
  }
  change(): void {}
  tell(): string {
    return 'done'
  }
}

/** Starts a service that asks for a name and then for a city, up to where it asks Ann for the city. */
async function annAtHerCity(stage: Stage) {
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  await ann.sees('Name: ')
  ann.type('ann')
  await ann.sees('City: ')
  return ann
}

/**
 * What Ann is told by a handler that another process has brought to its second step.
 *
 * @param next the handler of that process, if it is another one.
 */
async function atSecondStep(handler: () => unknown, next = handler): Promise<string> {
  let made = handler
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(events.Connect, made() as never)
    return service
  })
  const ann = await annAtHerCity(stage)
  made = next
  assert.equal(await stage.preflight(), [])
  await stage.restart()
  ann.type('rome')
  await ann.sees('\n')
  await stage.settle()
  await stage.stop()
  return ann.seen.slice(ann.seen.indexOf('City: ') + 'City: '.length)
}

test('a Handler goes on at a later step though its making asks for the time, and writes, whoever makes it', async () => {
  class Timed extends Flow {
    begun = now()
    first = this.begun
    override tell(): string {
      return `${this.begun > 0 && this.begun === this.first}`
    }
  }
  const isMade = {
    byClass: () => Timed,
    byInstance: () => new Timed(),
    byFactory: () => () => new Timed(),
    byOneThatWrites:
      () =>
      ({ client }: events.Connect) => {
        client.write('Welcome')
        return new Timed()
      },
  }
  for (const [how, handler] of Object.entries(isMade)) assert.is(await atSecondStep(handler), 'true\n', how)
})

test('a function in the place of a Handler that stood at a later step begins again at once, and does nothing before that', async () => {
  let charges = 0
  const charge = (): Promise<unknown> =>
    step('charge the card', () => {
      charges += 1
    })
  const shop = async ({ client }: events.Connect): Promise<void> => {
    await charge()
    const name = await client.ask('Card: ')
    client.write(`charged ${name}`)
  }
  const versions = {
    async: shop,
    async *generator({ client }: events.Connect): AsyncGenerator<undefined, void, string> {
      await charge()
      client.write('Card: ', { newline: false })
      client.write(`charged ${yield}`)
    },
    plain: (event: events.Connect) => shop(event),
  }
  for (const version of Object.values(versions)) {
    charges = 0
    let handler: object = () => new Flow()
    const stage = new Stage(() => {
      const service = new Service()
      // By its name the next version finds it.
      service.listen(events.Connect, Object.defineProperty(handler, 'name', { value: 'shop' }) as never)
      return service
    })
    const ann = await annAtHerCity(stage)
    handler = version
    const [divergence] = await stage.preflight()
    // One that has to be called to see what it makes may have asked for its step by then.
    assert.match(divergence?.reason ?? '', /it has no steps any more|it asks for something else/)
    assert.is(charges, 0)
    await stage.crash()
    await stage.settle()
    await ann.sees('Card: ')
    ann.type('visa')
    await ann.sees('charged visa')
    assert.is(charges, 1)
    await stage.stop()
  }
})

test('a field that a step of a Handler has emptied or removed stays so in the next process', async () => {
  class Emptied extends Flow {
    emptied: string | undefined = 'full'
    removed?: string = 'there'
    count = 1
    override change(): void {
      this.emptied = undefined
      delete this.removed
    }
    override tell(): string {
      return `${this.emptied} ${this.removed} ${this.count}`
    }
  }
  assert.is(await atSecondStep(() => Emptied), 'undefined undefined 1\n')
})

test('whoever is in the middle of a Handler comes to the steps that a new version has behind that', async () => {
  class Next extends Flow {
    early = false
    handler_0(): void {
      this.early = true
    }
    handler_3({ client }: events.Connect): void {
      client.write(`a new step ${this.early}`)
    }
  }
  // By its name the next version finds it.
  const next = (): unknown => Object.defineProperty(Next, 'name', { value: 'Flow' })
  assert.is(await atSecondStep(() => Flow, next), 'done\na new step false\n')
})

test('a handler without a name is found among its like, whatever handlers with names a new version has before it', async () => {
  const before = [function greet() {}, class Note extends Handler<events.Connect> {}]
  const stage = new Stage(() => {
    const service = new Service()
    for (const handler of before) service.listen(events.Connect, handler as never)
    service.listen(events.Client, () => {})
    service.listen(events.Connect, () => new Flow())
    return service
  })
  const ann = await annAtHerCity(stage)
  for (const handlers of [[], [class Early extends Handler<events.Connect> {}, ...before]]) {
    before.splice(0, Number.POSITIVE_INFINITY, ...(handlers as typeof before))
    assert.equal(await stage.preflight(), [])
    await stage.restart()
  }
  ann.type('rome')
  await ann.sees('done')
  await stage.stop()
})

test('steps that a Handler has chosen itself stay those that it has chosen', async () => {
  class ByQueue extends Flow {
    override change(): void {
      this.handlers = [this.handler_2]
    }
    handler_3({ client }: events.Connect): void {
      client.write('left out')
    }
  }
  class ByList extends Flow {
    override getHandlers() {
      return [this.handler_1, this.handler_2]
    }
    handler_3({ client }: events.Connect): void {
      client.write('left out')
    }
  }
  for (const Version of [ByQueue, ByList]) {
    class Next extends Version {
      handler_4({ client }: events.Connect): void {
        client.write('a new step')
      }
    }
    const next = (): unknown => Object.defineProperty(Next, 'name', { value: Version.name })
    assert.is(await atSecondStep(() => Version, next), 'done\n')
  }
})

test.run()
