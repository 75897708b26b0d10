import { once } from 'node:events'
import net from 'node:net'
import { ClientDisconnectedError, connect, events, Service, secret } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { deferred } from '../support/service.js'
import { ask, consoled } from './support.js'

const test = suite('console/commands')

test('clients shows each with what it has, and nothing of it reaches the terminal as control characters', () => {
  const service = new Service({})
  service.listen(events.Connect, ({ client }) => {
    Object.assign(client.state, { name: 'ann\x1b[2J', password: 'sesame' })
  })
  return consoled(
    async ({ admin }) => {
      const one = await admin()
      assert.equal(await ask(one, 'clients'), ['Nobody is connected.'])
      const client = await connect(service)
      await client.flush()
      const [row = ''] = await ask(one, 'clients')
      const [id, address, since = '', idle, unread, unsent, state] = row.split('\t')
      assert.equal([id, address, unread, unsent], ['1', '-', '0', '0'])
      assert.ok(Math.abs(Date.parse(since) - Date.now()) < 60_000)
      assert.match(idle as string, /^\d+$/)
      assert.is(state, "{ name: 'ann\\x1B[2J', password: '***' }")
      one.write('//mara columns=80')
      await one.nextLine()
      one.write('clients')
      assert.match(await one.nextLine(), /^ID {2}Address {2}Connected/)
      assert.ok((await one.nextLine()).length <= 80)
    },
    { service },
  )
})

test('kick disconnects a client in the midst of a conversation, whose handler ends as if it had left', () => {
  const service = new Service()
  const ended = deferred<unknown>()
  service.listen(events.Connect, async ({ client }) => {
    try {
      await client.ask('Sure? ')
    } catch (error) {
      ended.resolve(error)
      throw error
    }
  })
  return consoled(
    async ({ admin }) => {
      const client = await connect(service)
      await client.expect('Sure? ')
      const one = await admin()
      assert.equal(await ask(one, 'kick 2'), ['There is no client #2. Type clients to see them.'])
      assert.equal(await ask(one, 'kick 1 It is late.'), ['Client #1 has been disconnected.'])
      assert.is(await client.nextLine(), 'It is late.')
      await client.closed
      assert.instance(await ended.promise, ClientDisconnectedError)
      assert.is(service.clients.size, 0)
    },
    { service },
  )
})

test('kick does not wait for a client that reads nothing', () => {
  const service = new Service()
  service.listen(events.Connect, ({ client }) => client.write('x'.repeat(900_000)))
  return consoled(
    async ({ admin }) => {
      const deaf = net.connect(service.address as { port: number; host: string }).pause()
      await once(deaf, 'connect')
      const one = await admin()
      while ((await ask(one, 'clients'))[0] === 'Nobody is connected.');
      assert.equal(await ask(one, 'kick 1'), ['Client #1 has been disconnected.'])
      deaf.destroy()
    },
    { service },
  )
})

test('settings shows values and origins, and no secrets', () => {
  const service = new Service({ settings: { gate: secret(z.string().default('sesame')) } })
  return consoled(
    async ({ admin }) => {
      const one = await admin()
      assert.equal(await ask(one, 'settings gate'), ['gate\t***\tdefault'])
      assert.equal(await ask(one, 'settings drain'), ['drain\t5\tthe program, source 1'])
      assert.ok((await ask(one, 'settings')).length > 30)
      assert.match((await ask(one, 'settings zzz')).join(), /no setting/)
    },
    { service },
    { drain: 5 },
  )
})

const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }

test('log shows records of the chosen channels as they are written, until Enter', () =>
  consoled(
    async ({ service, admin }) => {
      const one = await admin()
      one.write('log quests')
      const other = await admin()
      // Answered after the line above has been read.
      await ask(other, 'clients')
      service.log.channel('talk').info('not this')
      service.log.channel('quests').info('begun \x1b', { by: 'ann' })
      assert.match(await one.nextLine(), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d quests {2}begun \\x1b by=ann$/)
      one.write('')
      assert.equal(await ask(one, 'clients'), ['Nobody is connected.'])
      service.log.channel('quests').info('nobody follows')
      assert.equal(await ask(one, 'clients'), ['Nobody is connected.'])
    },
    {},
    { log },
  ))

test('log says so where nothing is logged', () =>
  consoled(async ({ admin }) => {
    assert.match((await ask(await admin(), 'log')).join(), /logs nothing/)
  }))

test('a slow reader of the log costs little memory, misses records, and is told how many', () =>
  consoled(
    async ({ service, console, admin }) => {
      const slow = net.connect(console.path).pause()
      await once(slow, 'connect')
      slow.write('log\n')
      const other = await admin()
      await ask(other, 'clients')
      const text = 'x'.repeat(1_000)
      for (let turn = 0; turn < 50; turn++) {
        for (let i = 0; i < 100; i++) service.log.channel('flood').info(text)
        await new Promise((resolve) => setImmediate(resolve))
      }
      let read = ''
      slow.setEncoding('utf8').on('data', (chunk: string) => {
        read += chunk
      })
      slow.resume()
      while (!/\(Records left out, since you read too slowly: \d+\.\)/.test(read)) await once(slow, 'data')
      assert.ok(read.length < 2_000_000, `${read.length}`)
      const left = Number(/slowly: (\d+)\.\)/.exec(read)?.[1])
      assert.ok(left > 2_000, `${left}`)
      service.log.channel('flood').info('and on')
      while (!read.includes('and on')) await once(slow, 'data')
      slow.destroy()
    },
    {},
    { log },
  ))

test('eval is there only where the program allows it, and what goes wrong in it is told', async () => {
  await consoled(async ({ admin }) => {
    assert.match((await ask(await admin(), 'eval 1')).join(), /Unknown command: eval/)
  })
  await consoled(
    async ({ service, admin }) => {
      const one = await admin()
      assert.equal(await ask(one, 'eval service.status'), ["'running'"])
      assert.equal(await ask(one, "eval '\\x1b[2J'"), ["'\\x1B[2J'"])
      assert.match((await ask(one, 'eval nothing')).join('\n'), /^ReferenceError: nothing is not defined/)
      assert.match((await ask(one, 'eval )')).join('\n'), /SyntaxError/)
      const client = await connect(service)
      await ask(one, "eval service.writeAll('from eval')")
      assert.is(await client.nextLine(), 'from eval')
    },
    { eval: true },
  )
})

test('restart says what it needs; stop stops the service, and whoever watches is told', () =>
  consoled(async ({ service, admin }) => {
    const one = await admin()
    assert.match((await ask(one, 'restart')).join(), /without an angel/)
    // For a script, too, it has failed.
    const script = await admin()
    script.write('//mara', 'restart')
    await script.expect(/"is":"ready".*\n.*without an angel.*\n.*"is":"done","ok":false/)
    const stopped = new Promise((resolve) => service.listen(events.PostStop, resolve))
    one.write('stop')
    assert.is(await one.nextLine(), 'The service stops.')
    assert.is(await one.nextLine(), 'The service has stopped.')
    await stopped
    await one.closed
  }))

test.run()
