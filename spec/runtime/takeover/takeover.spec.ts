// What becomes of stored objects where two processes have them in memory: the one that serves, and the one that is ready.
import { events, Service } from 'mara-ts'
import { Store } from 'mara-ts/storage'
import { connectTo } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { Stage } from '../../../lib/testing/stage.js'
import { Records } from '../../support/records.js'
import { turns } from '../../support/service.js'

const test = suite('runtime/takeover')

class Note extends Store.define('note', { text: z.string().default('') }) {}

/** A board whose notes are loaded as it starts. `say` does something to them in the process that serves. */
async function onBoard(
  body: (board: {
    stage: Stage
    /** Lines of: `key=text` to save a note, `key=text!` to change it, `key-` to delete it, `key=text~` to save and release. */
    say(line: string): Promise<void>
    /** Notes that are active, and those that are saved. */
    notes(): Promise<{ active: string[]; saved: string[] }>
  }) => Promise<void>,
  start: (service: Service) => Promise<void> = async (service) => {
    const notes = service.stores.manager(Note)
    for (const key of await notes.keys()) await notes.load(key)
  },
): Promise<void> {
  const stage = new Stage(() => {
    const service = new Service()
    const notes = service.stores.manager(Note)
    service.listen(events.PreStart, () => start(service))
    service.listen(events.Receive, async ({ client, data }) => {
      const [, key = '', text = '', how] = /^(\w+)=?(\w*)([-!~]?)$/.exec(data) ?? []
      const note = (await notes.load(key)) ?? (await notes.create(key))
      if (how === '-') await note.delete()
      else note.text = text
      if (how === '~' || how === '') await note.save()
      if (how === '~') notes.release(note)
      client.write('done')
    })
    return service
  })
  await stage.start()
  const ann = await connectTo(stage)
  await body({
    stage,
    async say(line) {
      ann.type(line)
      await ann.sees('done')
      await stage.settle()
    },
    async notes() {
      const notes = stage.service.stores.manager(Note)
      const saved: string[] = []
      for (const key of await notes.keys()) {
        const text = await stage.service.stores.backend.read('note', key)
        saved.push(`${key}=${JSON.parse(text ?? '{}').text}`)
      }
      return { active: notes.active().map((note) => `${note.key}=${note.text}`), saved }
    },
  })
  await ann.leave()
  await stage.stop()
}

for (const crash of [false, true]) {
  const happens = crash ? 'a crash' : 'a restart'

  test(`${happens} brings back nothing that was deleted, and undoes nothing that was saved, since the next process has read it`, () =>
    onBoard(async ({ stage, say, notes }) => {
      for (const line of ['a=one', 'b=one', 'c=one', 'd=one', 'd=one~']) await say(line)
      await stage.prepare()
      for (const line of ['a-', 'b=two~', 'c=two']) await say(line)
      await (crash ? stage.crash() : stage.restart())
      const now = ['b=two', 'c=two', 'd=one']
      assert.equal(await notes(), { active: now, saved: now })
    }))

  test(`after ${happens} an object that the next process has made and not saved is there`, () =>
    onBoard(
      async ({ stage, say, notes }) => {
        await say('a=one')
        await (crash ? stage.crash() : stage.restart())
        assert.equal(await notes(), { active: ['a=one', 'own=new'], saved: ['a=one'] })
      },
      async ({ stores }) => {
        await stores.manager(Note).create('own', { text: 'new' })
      },
    ))
}

test('what a process has changed as it started stays, unless something else was saved meanwhile', () =>
  onBoard(
    async ({ stage, say, notes }) => {
      for (const line of ['a=one~', 'b=one~']) await say(line)
      await stage.prepare()
      await say('b=two~')
      await stage.restart()
      assert.equal((await notes()).active, ['a=changed', 'b=two'])
    },
    async ({ stores }) => {
      const notes = stores.manager(Note)
      for (const key of await notes.keys()) {
        const note = (await notes.load(key)) as Note
        note.text = 'changed'
      }
    },
  ))

test('a crash undoes nothing that a process saved or kept before it served clients', async () => {
  const stage = new Stage(
    () => {
      const service = new Service()
      const notes = service.stores.manager(Note)
      service.listen(events.PostRestart, async () => {
        const written: string[] = []
        for (const key of ['kept', 'saved', 'released']) {
          const note = notes.get(key) ?? (await notes.load(key)) ?? (await notes.create(key))
          note.text += 'x'
          if (key === 'kept') service.stores.keep(note)
          else await note.save()
          if (key === 'released') notes.release(note)
          written.push(`${key}=${note.text}`)
        }
        service.writeAll(written.join(' '))
      })
      return service
    },
    // Not by the clock.
    { snapshotEvery: 3_600_000 },
  )
  await stage.start()
  const ann = await connectTo(stage)
  await stage.settle()
  for (const [text, happens] of [
    ['x', 'crash'],
    ['xx', 'restart'],
    ['xxx', 'crash'],
    ['xxxx', 'crash'],
  ] as const) {
    await stage[happens]()
    await ann.sees(`kept=${text} saved=${text} released=${text}`)
  }
  await ann.leave()
  await stage.stop()
})

test('an object that is too large for the edge is read from where it was saved last, and the log is told', () =>
  onBoard(async ({ stage, say }) => {
    const log = new Records()
    stage.settings = { log }
    await stage.restart()
    await say('a=one')
    const noteOf = () => stage.service.stores.manager(Note).load('a')
    const large = 'x'.repeat(11 * 1024 * 1024)
    const note = (await noteOf()) as Note
    note.text = large
    await note.save()
    note.text = `${large} unsaved`
    await stage.restart()
    assert.is((await noteOf())?.text, large)
    assert.match(
      log.problems.map(({ message }) => message).join(),
      /note\/a is too large to be kept over a restart/,
    )
  }))

test('lines of a newcomer who has typed while nobody served are each handled once, also where that process dies soon', async () => {
  let come = Promise.resolve()
  let gate: Promise<void> | undefined = new Promise(() => {})
  const stage = new Stage(async () => {
    await come
    const service = new Service()
    service.listen(events.Receive, async ({ client, data }) => {
      await gate
      client.write(`did ${data}`)
    })
    return service
  })
  await stage.start()
  let hasTyped = (): void => {}
  come = new Promise((resolve) => {
    hasTyped = resolve
  })
  const crashed = stage.crash()
  const ann = await connectTo(stage, { telnet: false })
  ann.type('one', 'two', 'three')
  await stage.settle()
  hasTyped()
  await crashed
  await stage.settle()
  gate = undefined
  await stage.crash()
  await ann.sees('did one', 'did two', 'did three')
  await ann.seesNothing()
  await stage.stop()
})

test('a stop right after a restart waits for the Disconnect of everybody, however many have not gone on yet', async () => {
  const left: number[] = []
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(events.Disconnect, async ({ client }) => {
      await turns(client.id > 400 ? 50 : 1)
      left.push(client.id)
    })
    return service
  })
  await stage.start()
  const people = await Promise.all(Array.from({ length: 600 }, () => connectTo(stage, { telnet: false })))
  await stage.settle()
  await stage.restart()
  await stage.service.stop()
  assert.is(left.length, people.length)
  await stage.stop()
})

test('after a crash, too, what a client is asked when another one’s handler has made way is its own handler’s question', async () => {
  const stage = new Stage(() => {
    const service = new Service()
    // One at a time. The next one is called by whoever has done.
    const line: (() => void)[] = []
    const inTurn = <T>(talk: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        const begin = (): void => {
          const done = (): void => {
            line.shift()
            line[0]?.()
          }
          talk().finally(done).then(resolve, reject)
        }
        line.push(begin)
        if (line.length === 1) begin()
      })
    service.listen(events.Connect, async ({ client }) => {
      await client.ask('Ready?')
      const name = await inTurn(() => client.ask('Name?'))
      client.write(`${name} and ${await client.ask('What else?')}`)
    })
    return service
  })
  await stage.start()
  const [bob, ann] = [await connectTo(stage), await connectTo(stage)]
  for (const person of [bob, ann]) await person.sees('Ready?')
  bob.type('yes')
  await bob.sees('Name?')
  await stage.crash()
  ann.type('yes')
  await stage.settle()
  bob.type('bob')
  await ann.sees('Name?')
  ann.type('ann')
  await ann.sees('What else?')
  await bob.leave()
  assert.equal(await stage.preflight(), [])
  await stage.restart()
  ann.type('more')
  await ann.sees('ann and more')
  await ann.leave()
  await stage.stop()
})

test('a connection that is lost while a secret is to be typed again has no second Connect', async () => {
  const seen: string[] = []
  const stage = new Stage(
    () => {
      const service = new Service()
      service.listen(events.Connect, ({ client }) => void seen.push(`connect ${client.id}`))
      service.listen(events.Receive, async ({ client, data, again }) => {
        seen.push(`${data}${again ? ' again' : ''}`)
        client.hideInput()
        client.write('Password:')
        await client.nextLine()
      })
      service.listen(events.Disconnect, () => void seen.push('disconnect'))
      return service
    },
    { onRestart: 'restart' },
  )
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  ann.type('login')
  await ann.sees('Password:')
  await stage.restart()
  await stage.settle()
  for (const client of stage.service.clients) client.destroy()
  await stage.settle()
  assert.equal(seen, ['connect 1', 'login', 'login again', 'disconnect'])
  await stage.stop()
})

test.run()
