/** Secrets, byte for byte: when what is typed is hidden, until when, and what is said where it can't be. */
import { ClientDisconnectedError, events, InvalidOptionError, Service, TimeoutError } from 'mara-ts'
import { input, password, TooManyAttemptsError } from 'mara-ts/prompts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { Records } from '../support/records.js'
import { rejection, running } from '../support/service.js'
import { ECHO, withClient } from './harness.js'

const { WILL, WONT, DO, DONT } = ECHO
const GA = '\xff\xf9'
const NOTICE = 'Note: your client will show what you type.\r\n'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

test('WILL ECHO goes out in one stream with the message, and right before it', () =>
  withClient(async ({ client, peer, gets }) => {
    client.write('Who are you?')
    const secret = password(client, { message: 'Password: ' })
    client.write('Meanwhile.')
    await gets(`Who are you?\r\n${WILL}Password: Meanwhile.\r\n`)
    peer.send('swordfish\r\n')
    assert.is(await secret, 'swordfish')
  }))

test('then WONT ECHO, and the line break that the user’s Enter did not show', () =>
  withClient(async ({ client, peer, gets }) => {
    const secret = password(client, { message: 'Password: ' })
    await gets(`${WILL}Password: `)
    peer.send(latin1(`${DO}swordfish\r\n`))
    assert.is(await secret, 'swordfish')
    client.write('Welcome.')
    // Whoever speaks telnet is told where the prompt ends, and gets the other offers: that is not this room's.
    assert.match(await peer.until('Welcome.\r\n'), new RegExp(`${WONT}\r\nWelcome.\r\n$`))
  }))

test('a secret is had exactly as it was typed: blanks and all', () =>
  withClient(async ({ client, peer }) => {
    peer.send('  sword fish \t\r\n\r\n')
    assert.is(await password(client, { message: '' }), '  sword fish \t')
    assert.is(await password(client, { message: '' }), '', 'none is one too')
  }))

test('a wrong one is refused and asked for again, hidden each time', () =>
  withClient(async ({ client, peer, gets }) => {
    const secret = password(client, {
      message: 'Password: ',
      validate: async (typed) => typed === 'swordfish' || 'Wrong.',
    })
    await gets(`${WILL}Password: `)
    for (const wrong of ['', 'cod']) {
      peer.send(`${wrong}\r\n`)
      await gets(`${WONT}\r\nWrong.\r\n${WILL}Password: `)
    }
    peer.send('swordfish\r\n')
    assert.is(await secret, 'swordfish')
    await gets(`${WONT}\r\n`)
  }))

for (const [how, end] of [
  ['a timeout', { timeout: 5_000 }],
  ['an abort', { signal: true }],
] as const) {
  test(`${how} ends hiding: with WONT ECHO, and no line break, as there was no Enter`, () =>
    withClient(async ({ client, clock, gets }) => {
      const abort = new AbortController()
      const ending = 'timeout' in end ? end : { signal: abort.signal }
      const late = rejection(password(client, { message: 'Password: ', ...ending }))
      await gets(`${WILL}Password: `)
      if ('timeout' in end) await clock.advance(5_000)
      else abort.abort(new TimeoutError('waiting', 0))
      assert.instance(await late, TimeoutError)
      client.write('Too late.')
      await gets(`${WONT}Too late.\r\n`)
    }))
}

test('an aborted signal hides nothing in the first place', () =>
  withClient(async ({ client, gets }) => {
    const reason = new Error('enough')
    const secret = password(client, { message: 'Password: ', signal: AbortSignal.abort(reason) })
    assert.is(await rejection(secret), reason)
    client.write('On we go.')
    await gets('On we go.\r\n')
  }))

test('a validate that throws, and one attempt too many, leave nothing hidden', () =>
  withClient(async ({ client, peer, gets }) => {
    const error = new Error('the database is on fire')
    peer.send('a\r\nb\r\n')
    const thrown = password(client, {
      message: 'One: ',
      validate: () => {
        throw error
      },
    })
    assert.is(await rejection(thrown), error)
    const refused = password(client, { message: 'Two: ', validate: () => 'Wrong.', attempts: 1 })
    assert.instance(await rejection(refused), TooManyAttemptsError)
    await gets(`${WILL}One: ${WONT}\r\n${WILL}Two: ${WONT}\r\nWrong.\r\n`)
  }))

test('a validate that gives nothing accepts no secret, one that is to be repeated neither', () =>
  withClient(async ({ client, peer }) => {
    for (const repeat of [undefined, 'Again: ']) {
      peer.send('cod\r\n')
      const secret = password(client, { message: 'Password: ', repeat, validate: () => undefined as never })
      assert.instance(await rejection(secret), InvalidOptionError)
    }
  }))

test('a client that leaves ends it with ClientDisconnectedError, and costs nothing', () =>
  withClient(async ({ client, peer }) => {
    const secret = password(client, { message: 'Password: ' })
    await peer.until('Password: ')
    peer.destroy()
    assert.instance(await rejection(secret), ClientDisconnectedError)
    assert.instance(await rejection(password(client, { message: 'Password: ' })), ClientDisconnectedError)
  }))

test('a client that ends its lines in a bare LF is no telnet client: it is sent no telnet, and its user is told', () =>
  withClient(async ({ client, peer, gets }) => {
    peer.send('ann\n')
    await client.nextLine()
    const validate = (typed: string) => typed === 'swordfish' || 'Wrong.'
    const secret = password(client, { message: 'Password: ', validate })
    await gets(`${NOTICE}Password: `)
    peer.send('cod\n')
    await gets('Wrong.\r\nPassword: ')
    peer.send('swordfish\n')
    assert.is(await secret, 'swordfish')
    client.write('Welcome.')
    await gets('Welcome.\r\n')
  }))

test('a client that has ended a line in CR LF too may well be one, and is asked', () =>
  withClient(async ({ client, peer, gets }) => {
    peer.send('ann\r\nbob\n')
    await client.nextLine()
    await client.nextLine()
    const secret = password(client, { message: 'Password: ' })
    await gets(`${WILL}Password: `)
    peer.send('swordfish\r\n')
    assert.is(await secret, 'swordfish')
  }))

test('so is it where the service speaks no telnet', () =>
  withClient(
    async ({ client, peer, gets }) => {
      const secret = password(client, { message: 'Password: ', notice: 'Careful!' })
      await gets('Careful!\r\nPassword: ')
      peer.send('swordfish\r\n')
      assert.is(await secret, 'swordfish')
      client.write('Welcome.')
      await gets('Welcome.\r\n')
    },
    { telnet: false },
  ))

test('a client that ends its lines in a bare LF, but speaks telnet, hides', () =>
  withClient(async ({ client, peer }) => {
    peer.send(latin1('\xff\xf1ann\n'))
    await client.nextLine()
    const secret = password(client, { message: 'Password: ' })
    assert.match(await peer.until('Password: '), WILL)
    peer.send('swordfish\n')
    assert.is(await secret, 'swordfish')
  }))

test('when a client refuses while the prompt is open, its user is told and asked again; once', () =>
  withClient(async ({ client, peer, gets, speakTelnet }) => {
    await speakTelnet()
    const validate = (typed: string) => typed !== 'cod' || 'Wrong.'
    const secret = password(client, { message: 'Password: ', validate })
    await gets(`${WILL}Password: ${GA}`)
    peer.send(latin1(DONT))
    await gets(`\r\n${NOTICE}Password: ${GA}`)
    peer.send('cod\r\n')
    // Its mind is known by now; it is asked all the same, since nothing is lost by it.
    await gets(`Wrong.\r\n${WILL}Password: ${GA}`)
    peer.send(latin1(`${DONT}swordfish\r\n`))
    assert.is(await secret, 'swordfish')
    const other = password(client, { message: 'Other: ' })
    await gets(`${WILL}${NOTICE}Other: ${GA}`)
    peer.send('pike\r\n')
    assert.is(await other, 'pike')
    client.write('Welcome.')
    await gets(`${WONT}Welcome.\r\n`)
  }))

test('a client that agrees, and goes back on it, counts as one that refuses', () =>
  withClient(async ({ client, peer }) => {
    const secret = password(client, { message: 'Password: ' })
    peer.send(latin1(DO))
    await peer.until('Password: ')
    peer.send(latin1(DONT))
    assert.match(await peer.until(NOTICE), WONT)
    await peer.until('Password: ')
    peer.send('swordfish\r\n')
    assert.is(await secret, 'swordfish')
  }))

test('a client that refused once, and agrees the next time, hides from then on', () =>
  withClient(async ({ client, peer }) => {
    const first = password(client, { message: 'One: ' })
    peer.send(latin1(DONT))
    await peer.until(NOTICE)
    peer.send('cod\r\n')
    await first
    const second = password(client, { message: 'Two: ' })
    await peer.until(`${WILL}${NOTICE}Two: `)
    peer.send(latin1(`${DO}pike\r\n`))
    assert.is(await second, 'pike')
    client.write('Welcome.')
    assert.match(await peer.until('Welcome.\r\n'), new RegExp(`${WONT}\r\nWelcome.\r\n$`))
  }))

test('prompts at the same time: the end of one does not show what is typed for the other', () =>
  withClient(async ({ client, peer, gets }) => {
    const both = [password(client, { message: 'One: ' }), password(client, { message: 'Two: ' })]
    await gets(`${WILL}One: Two: `)
    peer.send('cod\r\n')
    assert.is(await both[0], 'cod')
    await gets('\r\n')
    peer.send('pike\r\n')
    assert.is(await both[1], 'pike')
    await gets(`${WONT}\r\n`)
  }))

test('the one that ends first may also be aborted, and be the later one', () =>
  withClient(async ({ client, peer, gets }) => {
    const abort = new AbortController()
    const first = password(client, { message: 'One: ' })
    const second = rejection(password(client, { message: 'Two: ', signal: abort.signal }))
    abort.abort()
    await second
    client.write('Still hidden.')
    await gets(`${WILL}One: Two: Still hidden.\r\n`)
    peer.send('cod\r\n')
    await first
    await gets(`${WONT}\r\n`)
  }))

test('a prompt in the validate of another', () =>
  withClient(async ({ client, peer, gets }) => {
    const secret = password(client, {
      message: 'Old: ',
      validate: async () => (await password(client, { message: 'Really? ' })) === 'yes' || 'Then not.',
    })
    peer.send('cod\r\nyes\r\n')
    assert.is(await secret, 'cod')
    await gets(`${WILL}Old: ${WONT}\r\n${WILL}Really? ${WONT}\r\n`)
  }))

test('a new password is asked for twice, both times hidden, and anew if they differ', () =>
  withClient(async ({ client, peer, gets }) => {
    const options = {
      message: 'New: ',
      repeat: 'Again: ',
      validate: (typed: string) => typed.length > 2 || 'Short.',
    }
    const secret = password(client, options)
    peer.send('ab\r\ncod\r\npike\r\nCod\r\nCod\r\n')
    assert.is(await secret, 'Cod')
    const entry = (message: string): string => `${WILL}${message}${WONT}\r\n`
    await gets(
      `${entry('New: ')}Short.\r\n${entry('New: ')}${entry('Again: ')}That was not the same.\r\n` +
        `${entry('New: ')}${entry('Again: ')}`,
    )
    const other = password(client, { ...options, different: 'Other!', attempts: 1 })
    peer.send('cod\r\npike\r\n')
    assert.instance(await rejection(other), TooManyAttemptsError)
    await peer.until('Other!\r\n')
  }))

test('what was typed reaches no log, no event and no error', async () => {
  const records = new Records()
  const service = new Service()
  const texts: string[] = []
  const errors: unknown[] = []
  service.listen(events.Event, (event) => {
    texts.push(String(event))
    if (event instanceof events.HandlerError) errors.push(event.error)
  })
  service.listen(events.Connect, async ({ client }) => {
    await password(client, { message: 'One: ' })
    client.write('So far so good.')
    await password(client, { message: 'Two: ', validate: () => false, attempts: 2 })
  })
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      await peer.until('One: ')
      peer.send('swordfish1\r\n')
      await peer.until('good.\r\n')
      peer.send('swordfish2\r\nswordfish3\r\n')
      assert.match(await peer.rest(), 'something went wrong')
    },
    { log: records },
  )
  assert.instance(errors[0], TooManyAttemptsError)
  assert.ok(records.problems.length > 0, 'the failure was logged')
  const told = [
    ...records.all.map(({ message, fields }) => `${message} ${Object.values(fields).map(describe)}`),
    ...texts,
    ...errors.map(describe),
  ]
  assert.not.match(told.join('\n'), /swordfish/)
})

function describe(value: unknown): string {
  return value instanceof Error ? `${value.stack} ${JSON.stringify(value)}` : JSON.stringify(value)
}

test('over a real socket, between prompts that show what is typed', async () => {
  const service = new Service<{ name: string }>()
  service.listen(events.Connect, async ({ client }) => {
    client.state.name = await input(client, { message: 'Name: ' })
    const secret = await password(client, { message: 'Password: ' })
    client.write(`${client.state.name} has a secret of ${secret.length} letters.`)
  })
  await running(service, async () => {
    const peer = await Peer.connect(service)
    peer.send('ann\r\n')
    assert.is(await peer.until('Password: '), `Name: ${WILL}Password: `)
    peer.send('swordfish\r\n')
    assert.is(await peer.until('letters.\r\n'), `${WONT}\r\nann has a secret of 9 letters.\r\n`)
    peer.destroy()
  })
})

test.run()
