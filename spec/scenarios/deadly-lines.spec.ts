// Lines that end the process whenever they are handled, at once or after a while: each is dropped when it has done so twice,
// and no other is.
import { setImmediate as turn } from 'node:timers/promises'
import { type Client, events, Service } from 'mara-ts'
import { loop } from 'mara-ts/conversation'
import { connectTo, type Player } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Stage } from '../../lib/testing/stage.js'

const test = suite('deadly-lines')

interface Deadly {
  readonly ann: Player
  readonly stage: Stage
  /** How many processes there were. */
  readonly processes: () => number
  /** What was dropped. */
  readonly dropped: string[]
}

/**
 * A service whose process ends wherever a handler calls `meets` with a line that says so: `boom` at once, `boom later` after
 * a while, and `boom busy` in the midst of its work on it.
 */
async function onDeadlyStage(
  make: (service: Service, meets: (client: Client, line: string) => Promise<void>) => void,
  body: (deadly: Deadly) => Promise<void>,
): Promise<void> {
  const dropped: string[] = []
  let processes = 0
  let crashing: Promise<unknown> = Promise.resolve()
  const stage: Stage = new Stage(() => {
    processes += 1
    const own = processes
    const service = new Service()
    make(service, async (client, line) => {
      if (!line.startsWith('boom')) return
      if (line === 'boom busy') client.write('Hm.')
      if (line !== 'boom') for (let turns = 0; turns < 20; turns++) await turn()
      assert.ok(processes < 9, 'it goes on for ever')
      // What is left of a process that is gone does nothing.
      if (own === processes) crashing = stage.crash('failed')
      await new Promise(() => {})
    })
    service.listen(events.InputDropped, ({ data }) => void dropped.push(String(data)))
    return service
  })
  await stage.start()
  const ann = await connectTo(stage)
  await body({ ann, stage, processes: () => processes, dropped })
  await crashing
  await stage.stop()
}

type Make = Parameters<typeof onDeadlyStage>[0]

const says: Make = (service, meets) =>
  service.listen(events.Receive, async ({ client, data }) => {
    await meets(client, data)
    client.write(`You say ${data}`)
  })

const orders: Make = (service, meets) =>
  service.listen(events.Receive, async ({ client, data }) => {
    const answer = await client.ask(`${data}? `)
    await meets(client, answer)
    client.write(`${data}: ${answer}`)
  })

/** Ann's conversation outlives the line, and goes on with the next one. */
async function losesOnly({ ann, processes, dropped }: Deadly, boom: string, answer: string): Promise<void> {
  ann.type(boom)
  await ann.sees(TOLD)
  assert.equal(dropped, [boom])
  assert.is(processes(), 3)
  ann.type('bread')
  await ann.sees(`${answer}\n`)
  assert.equal(dropped, [boom])
}

const TOLD = 'Your last input made the service fail, and was dropped.\n'

for (const boom of ['boom', 'boom later', 'boom busy']) {
  for (const isFollowed of [true, false])
    test(`in a handler of Receive (${boom}, ${isFollowed ? 'with a line behind it' : 'by itself'})`, () =>
      onDeadlyStage(says, async ({ ann, processes, dropped }) => {
        ann.type('hello')
        await ann.sees('You say hello\n')
        ann.type(boom)
        if (isFollowed) ann.type('after')
        await ann.sees(TOLD)
        if (!isFollowed) ann.type('after')
        await ann.sees('You say after\n')
        assert.equal(dropped, [boom])
        assert.is(processes(), 3)
        await ann.seesNothing()
      }))

  test(`in the midst of a conversation, which waits at the same question again (${boom})`, () =>
    onDeadlyStage(
      (service, meets) =>
        service.listen(events.Connect, async ({ client }) => {
          const name = await client.ask('Name? ')
          const wish = await client.ask(`Hello ${name}. What? `)
          await meets(client, wish)
          client.write(`${name} wants ${wish}`)
        }),
      async (deadly) => {
        const { ann } = deadly
        await ann.sees('Name? ')
        ann.type('Ann')
        await ann.sees('What? ')
        await losesOnly(deadly, boom, 'Ann wants bread')
        await ann.seesNothing()
      },
    ))

  test(`in a conversation that a line has begun, and which goes on (${boom})`, () =>
    onDeadlyStage(orders, async (deadly) => {
      const { ann } = deadly
      ann.type('order')
      await ann.sees('order? ')
      await losesOnly(deadly, boom, 'order: bread')
    }))
}

for (const boom of ['boom', 'boom later', 'boom busy'])
  for (const [what, serve] of [
    [
      'a loop over the client’s lines',
      async (client: Client, each: (line: string) => Promise<void>) => {
        for await (const line of client) await each(line)
      },
    ],
    [
      'a loop()',
      async (client: Client, each: (line: string) => Promise<void>) => {
        await loop(client, 0, async (count, line) => {
          await each(line)
          return count + 1
        })
      },
    ],
  ] as const)
    test(`in ${what} of a conversation (${boom})`, () =>
      onDeadlyStage(
        (service, meets) =>
          service.listen(events.Connect, async ({ client }) => {
            const name = await client.ask('Name? ')
            await serve(client, async (line) => {
              await meets(client, line)
              client.write(`${name} says ${line}`)
            })
          }),
        async (deadly) => {
          const { ann } = deadly
          await ann.sees('Name? ')
          ann.type('Ann')
          ann.type('hello')
          await ann.sees('Ann says hello\n')
          await losesOnly(deadly, boom, 'Ann says bread')
        },
      ))

test('two at once, each in the midst of a conversation: both conversations go on', () =>
  onDeadlyStage(orders, async ({ ann, stage, dropped }) => {
    const bob = await connectTo(stage, { name: 'bob' })
    for (const who of [ann, bob]) {
      who.type('order')
      await who.sees('order? ')
    }
    for (const who of [ann, bob]) who.type('boom later')
    for (const who of [ann, bob]) await who.sees(TOLD)
    assert.equal(dropped, ['boom later', 'boom later'])
    for (const who of [ann, bob]) {
      who.type('bread')
      await who.sees('order: bread\n')
    }
  }))

test('each of several is dropped, and all others are answered', () =>
  onDeadlyStage(says, async ({ ann, dropped }) => {
    const lines = ['one', 'boom later', 'two', 'boom', 'three']
    for (const line of lines) ann.type(line)
    for (const line of ['one', 'two', 'three']) await ann.sees(`You say ${line}\n`)
    assert.equal(dropped, ['boom later', 'boom'])
  }))

test('where a conversation fails before it has read anything, nothing is dropped, and in the end its client is let go', async () => {
  let begun = 0
  await onDeadlyStage(
    (service, meets) =>
      service.listen(events.Connect, async ({ client }) => {
        begun += 1
        client.write('Welcome')
        await meets(client, 'boom later')
      }),
    async ({ ann, stage, dropped, processes }) => {
      ann.type('hello')
      await ann.sees('The service fails whenever it serves you. You are disconnected.\n')
      await stage.settle()
      assert.equal(dropped, [])
      assert.is(begun, processes() - 1, 'it does not begin in the process that lets the client go')
    },
  )
})

test('a line whose turn has not come when its client is written to outlives the next crash and restart', async () => {
  let processes = 0
  const stage = new Stage(() => {
    processes += 1
    const own = processes
    const service = new Service()
    service.listen(events.Receive, async ({ client, data }) => {
      // The first one keeps the others waiting.
      if (own < 3) await new Promise(() => {})
      client.write(`You say ${data}`)
    })
    service.listen(events.PostRestart, () => service.writeAll('We are back.'))
    return service
  })
  await stage.start()
  const people = await Promise.all(['Ann', 'Bob', 'Cid'].map(() => connectTo(stage)))
  for (const [i, person] of people.entries()) person.type(`line ${i}`)
  await stage.settle()
  await stage.crash('failed')
  for (const person of people) await person.sees('We are back.')
  await stage.crash()
  for (const [i, person] of people.entries()) await person.sees(`You say line ${i}`)
  await stage.stop()
})

test('what a conversation does before its turn has come is done once, though the process dies once more', async () => {
  let processes = 0
  const stage = new Stage(() => {
    processes += 1
    const own = processes
    const service = new Service<{ count: number }>()
    service.listen(events.Receive, async ({ client }) => {
      const answer = await client.nextLine()
      // The first one keeps the others waiting.
      if (own === 1 || (own === 2 && client.id === 1)) await new Promise(() => {})
      await turn()
      client.state.count = (client.state.count ?? 0) + 1
      client.write(`${client.state.count} ${answer}`)
    })
    // It begins when the first one is as live as any other.
    service.listen(events.Receive, ({ client }) => client.write(`That was ${client.state.count}.`))
    service.listen(events.PostRestart, async () => {
      await stage.settle()
      service.writeAll('We are back.')
    })
    return service
  })
  await stage.start()
  const people = await Promise.all(['Ann', 'Bob', 'Cid'].map(() => connectTo(stage)))
  for (const [i, person] of people.entries()) person.type('order', `answer ${i}`)
  await stage.settle()
  await stage.crash('failed')
  for (const person of people) await person.sees('We are back.')
  await stage.crash()
  for (const [i, person] of people.entries()) {
    await person.sees(`1 answer ${i}`)
    await person.sees('That was 1.')
  }
  await stage.stop()
})

test.run()
