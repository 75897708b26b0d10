/** What all prompts have in common, tried on `input`; and that they work in handlers of every kind. */
import { ClientDisconnectedError, events, Handler, InvalidOptionError, Service, TimeoutError } from 'mara-ts'
import { confirm, input, password, RawClientError, select, TooManyAttemptsError } from 'mara-ts/prompts'
import { bold } from 'mara-ts/styles'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { deferred, rejection, running, turns } from '../support/service.js'
import { type Guest, withClient } from './harness.js'

test('the message is shown as it stands: no line break, nothing put before or behind it', () =>
  withClient(async ({ client, peer, gets }) => {
    const answer = input(client, { message: 'Your name?' })
    await gets('Your name?')
    peer.send('ann\r\n')
    assert.is(await answer, 'ann')
    client.write('Hello.')
    await gets('Hello.\r\n')
  }))

test('the message may be styled', () =>
  withClient(async ({ client, peer, gets }) => {
    const answer = input(client, { message: bold('Name: ') })
    await gets('Name: ')
    peer.send('ann\n')
    assert.is(await answer, 'ann')
  }))

test('a client that speaks telnet is told where the prompt ends', () =>
  withClient(async ({ client, peer, gets, speakTelnet }) => {
    await speakTelnet()
    const answer = input(client, { message: 'Name: ' })
    await gets('Name: \xff\xf9')
    peer.send('ann\r\n')
    assert.is(await answer, 'ann')
  }))

test('an answer that will not do is refused with the reason, and asked for again, as often as it takes', () =>
  withClient(async ({ client, peer, gets }) => {
    const seen: string[] = []
    const validate = (name: string) => {
      seen.push(name)
      return name.length > 2 || `${name} is too short.`
    }
    const answer = input(client, { message: 'Name: ', validate })
    await gets('Name: ')
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      peer.send(`${name}\r\n`)
      await gets(`${name} is too short.\r\nName: `)
    }
    peer.send('ann\r\n')
    assert.is(await answer, 'ann')
    assert.equal(seen, ['a', 'b', 'c', 'd', 'e', 'ann'])
  }))

test('validate may take its time, and may refuse without a reason', () =>
  withClient(async ({ client, peer, gets }) => {
    const verdict = deferred<boolean>()
    const asked = deferred()
    const validate = (name: string) => {
      if (name !== 'slow') return true
      asked.resolve()
      return verdict.promise
    }
    const answer = input(client, { message: 'Name: ', validate })
    peer.send('slow\r\n')
    await asked.promise
    await gets('Name: ')
    verdict.resolve(false)
    await gets('That is not a valid answer.\r\nName: ')
    peer.send('ann\r\n')
    assert.is(await answer, 'ann')
  }))

test('a validate that gives nothing accepts nothing: the prompt says what it must give', () =>
  withClient(async ({ client, peer }) => {
    for (const nothing of [undefined, null, Promise.resolve()]) {
      peer.send('ann\r\n')
      const answer = input(client, { message: 'Name: ', validate: () => nothing as never })
      const error = await rejection(answer)
      assert.instance(error, InvalidOptionError)
      assert.match((error as Error).message, /validate: (undefined|null) .*expected true where the answer/)
      assert.not.match((error as Error).message, 'ann', 'what was typed may be a secret')
    }
  }))

test('what validate throws, the prompt throws', () =>
  withClient(async ({ client, peer }) => {
    const error = new Error('the database is on fire')
    peer.send('ann\r\n')
    const answer = input(client, { message: 'Name: ', validate: () => Promise.reject(error) })
    assert.is(await rejection(answer), error)
  }))

test('after so many attempts as are allowed it gives up, with an error that keeps what was typed to itself', () =>
  withClient(async ({ client, peer, gets }) => {
    const answer = input(client, { message: 'Name: ', validate: () => 'No.', attempts: 3 })
    peer.send('typed1\r\ntyped2\r\ntyped3\r\nnext\r\n')
    const error = (await rejection(answer)) as TooManyAttemptsError
    assert.instance(error, TooManyAttemptsError)
    assert.is(error.name, 'TooManyAttemptsError')
    assert.is(error.attempts, 3)
    assert.match(error.message, '3 attempts')
    assert.not.match(`${error.stack}${JSON.stringify(error)}`, /typed/)
    await gets('Name: No.\r\nName: No.\r\nName: No.\r\n')
    assert.is(await client.nextLine(), 'next', 'the lines after that are for whoever asks next')
  }))

test('attempts must be a number from 1 on', () =>
  withClient(async ({ client }) => {
    for (const attempts of [0, -1, Number.NaN]) {
      assert.instance(await rejection(input(client, { message: '', attempts })), InvalidOptionError)
    }
  }))

test('a default is the answer of whoever just presses Enter, and is validated like any other', () =>
  withClient(async ({ client, peer, gets }) => {
    const options = {
      message: 'Port [23]: ',
      default: '23',
      validate: (port: string) => port !== '7' || 'No.',
    }
    peer.send('\r\n')
    assert.is(await input(client, options), '23')
    peer.send('  \r\n')
    assert.is(await input(client, options), '23')
    peer.send('24\r\n')
    assert.is(await input(client, options), '24')
    const refused = input(client, { ...options, default: '7', attempts: 1 })
    peer.send('\r\n')
    assert.instance(await rejection(refused), TooManyAttemptsError)
    await gets('Port [23]: Port [23]: Port [23]: Port [23]: No.\r\n')
  }))

test('a wait longer than the timeout ends in a TimeoutError, and no line is lost (rule 10)', () =>
  withClient(async ({ client, peer, clock }) => {
    const answer = input(client, { message: 'Name: ', timeout: 5_000 })
    await peer.until('Name: ')
    await clock.advance(4_999)
    const late = rejection(answer)
    await clock.advance(1)
    assert.instance(await late, TimeoutError)
    peer.send('ann\r\n')
    assert.is(await client.nextLine(), 'ann')
  }))

test('whoever is asked again gets as long again', () =>
  withClient(async ({ client, peer, clock }) => {
    const answer = input(client, {
      message: 'Name: ',
      timeout: 5_000,
      validate: (name) => name !== 'x' || 'No.',
    })
    await peer.until('Name: ')
    await clock.advance(4_000)
    peer.send('x\r\n')
    await peer.until('Name: ')
    await clock.advance(4_000)
    peer.send('ann\r\n')
    assert.is(await answer, 'ann')
    assert.is(clock.pending, 0, 'no alarm is left')
  }))

test('an aborted signal ends it with its reason: before, while it waits, and while validate works', () =>
  withClient(async ({ client, peer }) => {
    const reason = new Error('enough')
    const before = input(client, { message: 'Never seen: ', signal: AbortSignal.abort(reason) })
    assert.is(await rejection(before), reason)

    const waiting = new AbortController()
    const answer = input(client, { message: 'Name: ', signal: waiting.signal })
    assert.is(await peer.until('Name: '), 'Name: ')
    waiting.abort(reason)
    assert.is(await rejection(answer), reason)

    const working = new AbortController()
    const validate = () => {
      working.abort(reason)
      return new Promise<boolean>(() => {})
    }
    const checked = input(client, { message: 'Name: ', signal: working.signal, validate })
    peer.send('ann\r\n')
    assert.is(await rejection(checked), reason)

    const later = new AbortController()
    const begun = deferred()
    const endless = () => {
      begun.resolve()
      return new Promise<boolean>(() => {})
    }
    const hanging = input(client, { message: 'Name: ', signal: later.signal, validate: endless })
    peer.send('ann\r\n')
    await begun.promise
    await turns()
    later.abort(reason)
    assert.is(await rejection(hanging), reason)

    const between = new AbortController()
    const refusing = (name: string) => {
      between.abort(reason)
      return `${name}: no.`
    }
    const again = input(client, { message: 'Name: ', signal: between.signal, validate: refusing })
    peer.send('ann\r\nbob\r\n')
    assert.is(await rejection(again), reason)
    assert.is(await client.nextLine(), 'bob')
  }))

test('a client that leaves ends it with ClientDisconnectedError (rule 12)', () =>
  withClient(async ({ client, peer }) => {
    const answer = input(client, { message: 'Name: ' })
    await peer.until('Name: ')
    peer.destroy()
    assert.instance(await rejection(answer), ClientDisconnectedError)
    assert.instance(await rejection(input(client, { message: 'Name: ' })), ClientDisconnectedError)
  }))

test('an answer that validate still works on counts, though its sender has said all it wanted to', () =>
  withClient(async ({ client, peer, gets }) => {
    const verdict = deferred<boolean>()
    const answer = input(client, { message: 'Name: ', validate: () => verdict.promise })
    peer.send('ann\n')
    peer.end()
    await rejection(client.nextLine())
    verdict.resolve(true)
    assert.is(await answer, 'ann')
    client.write('Hello.')
    await gets('Name: Hello.\r\n')
  }))

test('prompts of one client at a time are answered in their order', () =>
  withClient(async ({ client, peer, gets }) => {
    const answers = Promise.all([input(client, { message: 'One: ' }), input(client, { message: 'Two: ' })])
    await gets('One: Two: ')
    peer.send('1\r\n2\r\n')
    assert.equal(await answers, ['1', '2'])
  }))

test('a client in raw mode, which has no lines, is refused', () =>
  withClient(
    async ({ client }) => {
      const error = await rejection(input(client, { message: 'Name: ' }))
      assert.instance(error, RawClientError)
      assert.match((error as Error).message, String(client))
    },
    { raw: true },
  ))

const greet = async (client: Guest): Promise<void> => {
  const name = await input(client, { message: 'Name: ', validate: (name) => name !== '' || 'No.' })
  client.write(`Hello, ${name}`)
}

class Greeting extends Handler<events.Connect<Record<string, unknown>>> {
  async handler_1(event: events.Connect<Record<string, unknown>>): Promise<void> {
    await greet(event.client)
  }
  async *handler_2(event: events.Connect<Record<string, unknown>>): AsyncGenerator<undefined, void, string> {
    const line = yield
    event.client.write(`And ${line}`)
    await greet(event.client)
  }
}

test('prompts work in every kind of handler that can await (rule 3)', async () => {
  const service = new Service<Record<string, unknown>>()
  service.listen(events.Connect, async ({ client }) => greet(client))
  service.listen(events.Connect, ({ client }) => greet(client))
  service.listen(events.Connect, async function* ({ client }): AsyncGenerator<undefined, void, string> {
    await greet(client)
    const line = yield
    client.write(`And ${line}`)
  })
  service.listen(events.Connect, Greeting)
  service.listen(events.Connect, new Greeting())
  service.listen(events.Receive, ({ client }) => greet(client))
  await running(service, async () => {
    const peer = await Peer.connect(service)
    const dialogue = async (name: string): Promise<void> => {
      assert.is(await peer.until('Name: '), 'Name: ')
      peer.send('\r\n')
      assert.is(await peer.until('Name: '), 'No.\r\nName: ')
      peer.send(`${name}\r\n`)
      assert.is(await peer.line(), `Hello, ${name}`)
    }
    const plain = async (line: string): Promise<void> => {
      peer.send(`${line}\r\n`)
      assert.is(await peer.line(), `And ${line}`)
    }
    await dialogue('async function')
    await dialogue('function')
    await dialogue('async generator')
    await plain('yield')
    for (const kind of ['class', 'instance']) {
      await dialogue(`${kind} 1`)
      await plain(kind)
      await dialogue(`${kind} 2`)
    }
    peer.send('a line that nobody asked for\r\n')
    await dialogue('Receive')
    peer.destroy()
  })
})

test('options that would show the user nothing of use, or fail with the answer, are refused before anything is shown', () =>
  withClient(async ({ client, gets }) => {
    const wrong: [unknown, string][] = [
      [undefined, 'options: undefined'],
      [null, 'options: null'],
      ['Name: ', 'options: Name: '],
      [{}, 'message: undefined'],
      [{ message: 5 }, 'message: 5'],
      [{ message: 'Name: ', validate: /^ann$/ }, 'validate: /^ann$/'],
      [{ message: 'Name: ', signal: 5 }, 'signal: 5'],
    ]
    for (const ask of [input, password, confirm, select]) {
      for (const [options, said] of wrong) {
        const error = await rejection((async () => ask(client, options as never))())
        assert.instance(error, InvalidOptionError)
        assert.ok(String(error).includes(`${ask.name}() got ${said}`), String(error))
      }
    }
    for (const choices of [undefined, null, 'elf, dwarf']) {
      const error = await rejection(select(client, { message: 'Race: ', choices: choices as never }))
      assert.match(String(error), 'select() got choices: ')
    }
    for (const yes of ['yes', [null]]) {
      const error = await rejection(confirm(client, { message: 'Leave? ', yes: yes as never }))
      assert.match(String(error), 'confirm() got yes: ')
    }
    client.write('Nothing but this.')
    await gets('Nothing but this.\r\n')
  }))

test.run()
