import { ExpectError, events, memoryPair, Service } from 'mara-ts'
import { password } from 'mara-ts/prompts'
import { green } from 'mara-ts/styles'
import { subnegotiation } from 'mara-ts/telnet'
import { connectAs, FakeClock, personas, Transcript, UnexpectedTextError } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { plainWire } from '../../../lib/testing/personas/wire.js'
import { rejection, running, turns } from '../../support/service.js'

const SECRET = 'swordfish'

function door(): Service {
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    const secret = await password(client, { message: 'Password: ' })
    client.write(green`Welcome: ${secret.length} letters.`)
  })
  service.listen(events.Receive, ({ client, data }) => client.write(`You said ${data}`))
  return service
}

for (const manners of Object.values(personas)) {
  const hides = manners !== personas.netcat && manners !== personas.refuser
  test(`${manners.name}, in memory and by an address: a password is ${hides ? 'hidden' : 'shown'}`, () =>
    running(door(), async (service) => {
      for (const target of [service, service.address as { port: number }]) {
        const ann = await connectAs(manners, target, { name: 'ann' })
        await ann.sees('Password: ')
        ann.type(SECRET)
        await ann.sees('9 letters.')
        assert.is(ann.screen.includes(SECRET), !hides)
        ann.type('hello')
        await ann.sees('hello\r\n', 'You said hello\r\n')
        await ann.leave()
        assert.ok(ann.ended)
      }
    }))
}

test('what it shows is as it comes, and nothing else is there', () =>
  running(door(), async (service) => {
    const transcript = new Transcript()
    const ann = await connectAs(personas.tintin, service, { name: 'ann', transcript })
    assert.is(await ann.sees('Password: '), 'Password: ')
    ann.type(SECRET)
    assert.is(await ann.sees('letters.\r\n'), '\r\nWelcome: 9 letters.\r\n')
    await ann.seesNothing()
    ann.type('one', 'two')
    assert.is(await ann.sees(/said (\w+)\r\n/), 'one\r\ntwo\r\nYou said one\r\n')
    const error = (await rejection(ann.seesNothing())) as UnexpectedTextError
    assert.instance(error, UnexpectedTextError)
    assert.is(error.received, 'You said two\r\n')
    await ann.sees('two')
    ann.destroy()
    assert.match(
      String(transcript),
      /^ann < Password:\nann > swordfish\nann <\nann < Welcome: 9 letters\.\nann > one\nann > two\nann < You said one/,
    )
  }))

test('what was typed is nothing that is seen', () =>
  running(new Service(), async (service) => {
    const ann = await connectAs(personas.netcat, service)
    ann.type('hello')
    await ann.seesNothing()
    await ann.leave()
  }))

test('blank lines are something, and what ends the line that was read is not', async () => {
  const service = new Service()
  service.listen(events.Connect, ({ client }) => client.write('Hello.'))
  service.listen(events.Receive, ({ client, data }) => {
    if (data === 'blank') client.write('', '')
    if (data === 'blanks') client.write('  ', { newline: false })
  })
  await running(service, async () => {
    const ann = await connectAs(personas.netcat, service, { name: 'ann' })
    await ann.sees('Hello.')
    await ann.seesNothing()
    ann.type('blanks')
    await ann.seesNothing()
    ann.type('blank')
    const error = (await rejection(ann.seesNothing())) as UnexpectedTextError
    assert.instance(error, UnexpectedTextError)
    assert.match(error.received, /^ *\r\n\r\n$/)
    await ann.sees(/\r\n\r\n\r\n$/)
    ann.type('blank')
    assert.instance(await rejection(ann.seesNothing()), UnexpectedTextError)
    await ann.leave()
  })
})

test('what is not seen in time, or before the end, is an error that shows what is there', () =>
  running(door(), async (service) => {
    const ann = await connectAs(personas.putty, service, { name: 'ann', patience: 30 })
    while (!ann.screen.includes('word: ')) await turns()
    const late = (await rejection(ann.sees('Name: '))) as ExpectError
    assert.instance(late, ExpectError)
    assert.match(late.message, 'Expected "Name: " from ann, but it did not come within')
    assert.match(late.message, 'Password: ◀')
    assert.match(String(await rejection(ann.isLeft())), 'the end of the connection')
    const waiting = rejection(ann.sees('Name: '))
    ann.destroy()
    assert.is(((await waiting) as ExpectError).failure, 'end')
    assert.is(((await rejection(ann.sees('Name: '))) as ExpectError).failure, 'end')
  }))

test('a window has the size that it is given', async () => {
  const service = new Service()
  service.listen(events.Receive, ({ client }) => {
    client.write(`${client.terminal.columns} by ${client.terminal.rows}`)
  })
  service.listen(events.Resize, ({ client, columns }) => client.write(`now ${columns}`))
  await running(
    service,
    async () => {
      const ann = await connectAs(personas.mudlet, service, { columns: 300, rows: 20 })
      await ann.sees('now 300')
      ann.type('size')
      await ann.sees('300 by 20')
      ann.resize(255, 20)
      await ann.sees('now 255')
      await ann.leave()
    },
    { telnetOffers: 'at-connect' },
  )
})

test('somebody slow types key by key, in a time that the test decides', async () => {
  const clock = new FakeClock()
  const service = new Service({ clock })
  const idle: number[] = []
  service.listen(events.Receive, ({ client, data }) => client.write(`You said ${data}`))
  await running(service, async () => {
    const ann = await connectAs(personas.tintin, service)
    await ann.typeSlowly('look', async () => {
      await clock.advance(1000)
      idle.push([...service.clients][0]?.idle ?? -1)
    })
    assert.is(await ann.sees('You said look'), 'look\r\nYou said look')
    assert.is(clock.now(), Date.UTC(2000, 0, 1) + 4000)
    assert.equal(idle, [1000, 1000, 1000, 1000])
    await ann.leave()
  })
})

test('a key reaches a service at once, and a service that closes is noticed', async () => {
  const service = new Service()
  service.listen(events.Interrupt, ({ client }) => {
    client.write('Goodbye.')
    void client.close()
  })
  await running(service, async () => {
    for (const target of [service, service.address as { port: number }]) {
      for (const key of ['\x03', 244]) {
        await using ann = await connectAs(personas.putty, target)
        ann.press(key)
        await ann.sees('Goodbye.')
        await ann.isLeft()
      }
    }
  })
})

test('a client of a test’s own behaves as it says', () =>
  running(
    door(),
    async (service) => {
      const ann = await connectAs({ name: 'half a telnet', enter: '\r', lets: [1], keyByKey: true }, service)
      await ann.sees('Password: ')
      assert.ok(ann.hidesInput)
      assert.not.ok(ann.performs(24))
      ann.type(SECRET)
      await ann.sees('9 letters')
      await ann.leave()
    },
    { telnetOffers: 'at-connect' },
  ))

test('every byte of a subnegotiation comes as it was meant, also 255 several times', async () => {
  const [ours, theirs] = memoryPair()
  const payloads: number[][] = []
  plainWire(ours, {
    text() {},
    negotiation() {},
    subnegotiation: (_option, payload) => void payloads.push([...payload]),
    command() {},
    ended() {},
  })
  const meant = [1, 255, 255, 255, 2]
  theirs.write(subnegotiation(201, Uint8Array.from(meant)))
  await turns()
  assert.equal(payloads, [meant])
})

test.run()
