import type { Duplex } from 'node:stream'
import { connect, ExpectError, events, LoginError, Service } from 'mara-ts'
import { password } from 'mara-ts/prompts'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { deferred, rejection, running, turns } from '../support/service.js'

/** Asks as talkers do, and lets ann in with 'open sesame'. */
function guarded(): Service {
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    client.write('Welcome to the cave, friend! Last login failed: never.')
    for (;;) {
      const name = await client.ask('Name: ')
      if (name !== 'ann') {
        client.write(`No account is called ${name}.`)
        continue
      }
      const secret = await password(client, { message: 'Password: ' })
      if (secret === 'open sesame') break
      client.write(`Wrong password: ${secret}`)
    }
    client.write('Welcome, ann!', '> ')
  })
  return service
}

test('questions are answered, and what comes after is there to be read', async () => {
  await running(guarded(), async (service) => {
    const peer = await connect(service)
    await peer.login({ user: 'ann', password: 'open sesame' })
    await peer.expect('Welcome, ann!')
    await peer.close()
  })
})

test('with a prompt, everything up to it is read', async () => {
  await running(guarded(), async (service) => {
    const peer = await connect(service)
    await peer.login({ user: 'ann', password: 'open sesame', prompt: '> ' })
    assert.is(await peer.nextLine(), '')
    await peer.close()
  })
})

test('a refusal is an error that shows the answer, and no password', async () => {
  await running(guarded(), async (service) => {
    for (const prompt of [undefined, /> $/]) {
      const peer = await connect(service)
      const options = { user: 'ann', password: 'hunter2', ...(prompt && { prompt }) }
      const error = (await rejection(peer.login(options))) as LoginError
      assert.instance(error, LoginError)
      assert.match(error.message, 'The login of "ann" at the service was refused.')
      assert.match(error.message, 'Wrong password')
      assert.not.match(`${error.stack}${JSON.stringify(error)}`, 'hunter2')
      await peer.close()
    }
    const peer = await connect(service)
    const error = (await rejection(peer.login({ user: 'zed', password: 'x' }))) as LoginError
    assert.match(error.message, 'No account')
    await peer.close()
  })
})

test('questions and answers of another kind can be named', async () => {
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    client.write('Wer da? ', { newline: false })
    client.write(`Parole, ${await client.nextLine()}! `, { newline: false })
    client.write((await client.nextLine()) === 'ja' ? 'Herein.' : 'Fort!')
  })
  await running(service, async () => {
    const words = { userPrompt: 'Wer da? ', passwordPrompt: /Parole.*! $/, failure: 'Fort!' }
    const peer = await connect(service)
    await peer.login({ user: 'ann', password: 'ja', ...words })
    assert.is(await peer.nextLine(), 'Herein.')
    const other = await connect(service)
    assert.instance(await rejection(other.login({ user: 'ann', password: 'nein', ...words })), LoginError)
    await Promise.all([peer.close(), other.close()])
  })
})

test('a service that asks for no password gets none', async () => {
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => client.write(`Hello, ${await client.ask('login: ')}`))
  await running(service, async () => {
    const peer = await connect(service)
    await peer.login({ user: 'ann' })
    assert.is(await peer.nextLine(), 'Hello, ann')
    await peer.close()
  })
})

test('the timeout is for all of it, and its error shows what came', async () => {
  const clock = new FakeClock()
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    client.write('login: ', { newline: false })
    await client.nextLine()
    client.write('Thinking...')
  })
  await running(service, async () => {
    const peer = await connect(service, { clock })
    const failed = rejection(peer.login({ user: 'ann', password: 'x', timeout: 2000 }))
    await turns(20)
    await clock.advance(2000)
    const error = (await failed) as ExpectError
    assert.instance(error, ExpectError)
    await peer.close()
  })
})

/** Peers that are not what a script takes them for, from the beginning or once they have asked. */
const HOSTILE: [name: string, sends: Buffer | undefined][] = [
  ['nothing', undefined],
  ['garbage', Buffer.alloc(400_000, '\xff\xfa\x01x\x00\x1b\r \xfe:', 'latin1')],
  ['a line without end', Buffer.alloc(400_000, 'x')],
  ['questions without end', Buffer.alloc(400_000, 'login:  password:')],
  ['blanks without end', Buffer.alloc(400_000, ' ')],
  ['lines without end', Buffer.alloc(400_000, '\n \n')],
]

for (const [name, bytes] of HOSTILE) {
  for (const asks of [false, true]) {
    test(`a peer that sends ${name}${asks ? ' once it has asked' : ''} is a clear error in time`, async () => {
      const clock = new FakeClock()
      const accepted = deferred<Duplex>()
      const peer = await connect({ accept: accepted.resolve }, { clock })
      const theirs = await accepted.promise
      if (asks) theirs.write('login: ')
      let typed = ''
      theirs.on('data', (chunk) => {
        typed += chunk
        if (typed.endsWith('ann\r\n')) theirs.write('Password: ')
        else if (typed.endsWith('hunter2\r\n') && bytes !== undefined) theirs.write(bytes)
      })
      if (!asks && bytes !== undefined) theirs.write(bytes)
      const failed = rejection(peer.login({ user: 'ann', password: 'hunter2', timeout: 2000 }))
      await turns(50)
      await clock.advance(2000)
      const error = (await failed) as Error
      assert.ok(error instanceof ExpectError || error instanceof LoginError, String(error))
      assert.ok(error.message.length < 10_000)
      assert.not.match(error.message, 'hunter2')
      peer.destroy()
    })
  }
}

test('its signal ends it', async () => {
  await running(new Service(), async (service) => {
    const peer = await connect(service)
    const controller = new AbortController()
    const failed = rejection(peer.login({ user: 'ann', signal: controller.signal }))
    controller.abort('enough')
    assert.is(await failed, 'enough')
    await peer.close()
  })
})

test('what is no options, and no timeout, is refused by name', async () => {
  await running(new Service(), async (service) => {
    const peer = await connect(service)
    assert.match(String(await rejection(peer.login(null as never))), 'login() got options: null')
    const wrong = peer.login({ user: 'ann', timeout: '5' as never })
    assert.match(String(await rejection(wrong)), 'login() got timeout: 5 (string)')
    await peer.close()
  })
})

test.run()
