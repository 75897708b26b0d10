import { once } from 'node:events'
import { existsSync, lstatSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { AddressInUseError, connect, events, InvalidOptionError, ListenError, Service } from 'mara-ts'
import { defineCommand } from 'mara-ts/contrib/commands'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readMark } from '../../lib/console/marks.js'
import { socketPath } from '../../lib/program/socket-path.js'
import { folder } from '../cli/support.js'
import { Random } from '../support/random.js'
import { rejection } from '../support/service.js'
import { ask, consoled } from './support.js'

const test = suite('console/console')

test('it opens when the service has started, for its user alone, and is gone when the service has stopped', async () => {
  const service = new Service()
  const console = await service.console({ path: path.join(folder(), 'console') })
  for (let life = 0; life < 2; life++) {
    assert.not.ok(existsSync(console.path))
    assert.is(console.isOpen, false)
    await service.start({ port: 0, log: false })
    assert.is(lstatSync(console.path).mode & 0o777, 0o600)
    assert.is(console.isOpen, true)
    const admin = await connect({ path: console.path })
    assert.equal(await ask(admin, 'clients'), ['Nobody is connected.'])
    await service.stop()
    assert.is(await admin.nextLine(), 'The service has stopped.')
    await admin.closed
  }
})

test('of a service that runs it opens at once, and closes whenever the program likes', async () => {
  await using service = new Service()
  await service.start({ port: 0, log: false })
  const where = path.join(folder(), 'console')
  {
    await using console = await service.console({ path: where })
    assert.is(console.isOpen, true)
  }
  assert.not.ok(existsSync(where))
  // Nor does it open again by itself.
  await service.stop()
  await service.start({ port: 0, log: false })
  assert.not.ok(existsSync(where))
})

test('where another process has it a service does not start, and one that runs is told by name', async () => {
  await consoled(async ({ console }) => {
    const other = new Service()
    const second = await other.console({ path: console.path })
    assert.instance(await rejection(other.start({ port: 0, log: false })), AddressInUseError)
    await second.close()
    await other.start({ port: 0, log: false })
    assert.instance(await rejection(other.console({ path: console.path })), AddressInUseError)
    assert.is(other.status, 'running')
    await other.stop()
    assert.ok(existsSync(console.path))
  })
})

test('options that there are not, and values that are none, are refused: eval is opened by true alone', async () => {
  const service = new Service()
  for (const options of [
    { eval: 'false' },
    { eval: 1 },
    { eval: null },
    { pth: 'here' },
    { path: 5 },
    { commands: {} },
  ]) {
    const error = await rejection(service.console(options as never))
    assert.instance(error, InvalidOptionError, JSON.stringify(options))
    assert.match((error as Error).message, /^console\(\) got (eval|pth|path|commands): /)
  }
})

test('a place that can not be used is told before the service starts', async () => {
  const service = new Service()
  await service.console({ path: path.join(folder({ file: '' }), 'file') })
  assert.instance(await rejection(service.start({ port: 0, log: false })), ListenError)
  assert.is(service.status, 'stopped')
})

test('without a path it is where mara console looks for the program; settings open it as well, but once', async () => {
  const file = process.argv[1] as string
  await using service = new Service()
  await service.start({ port: 0, log: false, console: true })
  assert.is(service.settings.console, true)
  const admin = await connect({ path: socketPath(file, 'console') })
  assert.match((await ask(admin, 'eval 1')).join(), /Unknown command: eval/)
  await service.stop()
  await service.start({ port: 0, log: false, console: true })
  await service.stop()
})

test('settings open one for the run that they are for, whatever the program has closed or earlier settings have opened', async () => {
  const where = path.join(folder(), 'console')
  await using service = new Service()
  await (await service.console({ path: where })).close()
  for (const console of [where, false, where] as const) {
    await service.start({ port: 0, log: false, console })
    assert.is(existsSync(where), console !== false)
    await service.stop()
  }
})

test('two administrators at once each get their own answers', () =>
  consoled(async ({ service, admin }) => {
    const [one, two] = [await admin(), await admin()]
    const client = await connect(service)
    const [first, second] = await Promise.all([ask(one, 'clients'), ask(two, 'broadcast hello')])
    assert.is(first.length, 1)
    assert.equal(second, ['Clients told: 1.'])
    assert.is(await client.nextLine(), 'hello')
    one.write('quit')
    assert.is(await one.nextLine(), 'Goodbye.')
    await one.closed
    assert.is((await ask(two, 'clients')).length, 1)
  }))

test("a program adds commands of its own, and the console's own failures are told in full", () =>
  consoled(
    async ({ console, admin }) => {
      console.commands.register('hush', ({ client }) => client.write('Hush.'))
      console.commands.unregister('broadcast')
      const one = await admin()
      assert.equal(await ask(one, 'twice ho'), ['ho ho'])
      assert.equal(await ask(one, 'hush'), ['Hush.'])
      assert.match((await ask(one, 'broadcast x')).join(), /Unknown command/)
      const broken = await ask(one, 'break')
      assert.match(broken.join('\n'), /^Error: broken \\x1b\n {4}at /)
    },
    {
      commands: [
        defineCommand('twice', { args: '<text>' }, ({ client }, { text }) => client.write(`${text} ${text}`)),
        defineCommand('break', {}, () => {
          throw new Error('broken \x1b')
        }),
      ],
    },
  ))

test('it stays out of the service that it is for: no clients, no events, no limits of it', () => {
  const service = new Service()
  let seen = 0
  service.listen(events.Client, () => {
    seen += 1
  })
  return consoled(
    async ({ admin }) => {
      const one = await admin()
      await ask(one, 'clients')
      assert.is(service.clients.size, 0)
      assert.is(seen, 0)
    },
    { service },
    { maxConnections: 1, connectTimeout: 1, raw: true },
  )
})

test('the end of the service does not wait for an administrator who reads nothing', () =>
  consoled(
    async ({ service, console }) => {
      const deaf = net.connect(console.path).pause()
      await once(deaf, 'connect')
      for (let i = 0; i < 40; i++) deaf.write("eval 'x'.repeat(9000)\n")
      const other = await connect({ path: console.path })
      await ask(other, 'eval 1')
      await service.stop()
      deaf.destroy()
    },
    { eval: true },
  ))

test('rubbish does nothing but bring answers', () =>
  consoled(async ({ service, console, admin }) => {
    const draw = new Random(1)
    const peers = Array.from({ length: 10 }, () => net.connect(console.path))
    for (const peer of peers) {
      peer.on('error', () => {})
      peer.resume()
      for (let i = 0; i < 20; i++) {
        peer.write(draw.bytes(200))
      }
      peer.write('x'.repeat(200_000))
      peer.write(`\n//mara columns=99999\n//mara columns=-1\n//mara\x1e\nlog ${','.repeat(3000)}\nkick 1e9\n`)
      peer.write('broadcast \x1b[2J\x07boo\n')
    }
    const client = await connect(service)
    const one = await admin()
    assert.is((await ask(one, 'clients')).length, 1)
    for (const peer of peers) peer.destroy()
    assert.is(service.status, 'running')
    assert.is((await ask(one, 'clients')).length, 1)
    client.destroy()
  }))

test('whoever introduces itself is told when a line is done, how it went, and why it is over', () =>
  consoled(async ({ service, admin }) => {
    const one = await admin()
    one.write('//mara columns=40')
    const ready = readMark(await one.nextLine())
    assert.is(ready?.is, 'ready')
    if (ready?.is === 'ready') assert.ok(ready.commands.includes('kick') && !ready.commands.includes('eval'))
    for (const [line, ok] of [
      ['clients', true],
      ['', true],
      ['nonsense', false],
      ['kick', false],
      ['kick 99', false],
    ] as const) {
      one.write(line)
      let text = await one.nextLine()
      while (readMark(text) === undefined) text = await one.nextLine()
      assert.equal(readMark(text), { is: 'done', ok }, line)
    }
    await service.stop()
    assert.is(await one.nextLine(), 'The service has stopped.')
    assert.equal(readMark(await one.nextLine()), { is: 'bye', because: 'stop' })
  }))

test.run()
