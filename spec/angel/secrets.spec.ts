// time limit: 600 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Peer } from '../support/peer.js'
import { fixture, type Guarded, guarded } from './support.js'

const test = suite('angel/secrets')

async function loggedIn(service: Guarded, name: string): Promise<Peer> {
  const peer = await service.connect()
  await peer.until('Name: ')
  peer.send(`${name}\r\n`)
  await peer.until('Password: ')
  peer.send('secret\r\n')
  await peer.until(`${name} has connected`)
  return peer
}

const WAYS: Record<string, (service: Guarded) => Promise<unknown>> = {
  restart: (service) => service.restart(),
  async crash(service) {
    const worker = await service.worker()
    process.kill(worker, 'SIGKILL')
    await service.worker(worker)
  },
}

const HALVES = [
  ['hunt', 'er2'],
  ['', 'hunter2'],
] as const

for (const [way, happens] of Object.entries(WAYS)) {
  for (const [half, rest] of HALVES) {
    const when = `${half === '' ? 'typed but not sent' : 'half typed'} at a ${way}`
    test(`a password that is ${when} is shown to nobody, and Enter ends it`, () =>
      overheard(half, happens, [], async (ann) => {
        ann.send(`${rest}\r\n`)
      }))

    test(`with onRestart=restart one that is ${when} is no answer to another question`, () =>
      overheard(half, happens, ['--onRestart=restart'], async (ann) => {
        await ann.until('Press Enter to go on')
        ann.send(`${rest}\r\n`)
        await ann.until('Name: ')
        ann.send('ann\r\n')
        await ann.until('Password: ')
        ann.send('hunter2\r\n')
      }))
  }
}

/** Everything that anybody hears while somebody's password is cut in two. */
async function overheard(
  half: string,
  happens: (service: Guarded) => Promise<unknown>,
  settings: readonly string[],
  goOn: (ann: Peer) => Promise<void>,
): Promise<void> {
  await guarded(
    fixture('login'),
    async (service) => {
      const bob = await loggedIn(service, 'bob')
      const heard: string[] = []
      bob.socket.on('data', (chunk) => heard.push(String(chunk)))
      const ann = await service.connect()
      ann.socket.on('data', (chunk) => heard.push(String(chunk)))
      await ann.until('Name: ')
      ann.send('ann\r\n')
      await ann.until('Password: ')
      ann.send(half)
      await happens(service)
      await goOn(ann)
      await bob.until('ann has connected')
      bob.send('hello\r\n')
      await ann.until('bob: hello')
      for (const said of [heard.join(''), service.run.out, service.run.err]) {
        assert.not.match(said, /hunt|er2/)
      }
      for (const peer of [ann, bob]) peer.destroy()
    },
    settings,
  )
}

test.run()
