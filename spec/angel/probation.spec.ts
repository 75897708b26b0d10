// time limit: 600 s
// New versions that begin to serve, and fail soon after.

import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { connect } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folder } from '../cli/support.js'
import { rejection } from '../support/service.js'
import { crowd, fixture, guarded, problems } from './support.js'

const test = suite('angel/probation')

const file = path.join(folder(), 'version')
const nextIs = (version: string): void => writeFileSync(file, version)

for (const [version, reason] of Object.entries({
  dies: /this version dies young/,
  stalls: /it gave no sign of life for 1000 ms/,
})) {
  test(`a version that ${version} on probation is replaced by the one before it, whose process is the same: no client notices`, async () => {
    nextIs('good')
    await guarded(
      fixture('versions'),
      async (service) => {
        const counters = await crowd(service.port, 20)
        for (const counter of counters) counter.talk()
        const before = await service.worker()
        for (let i = 0; i < 2; i++) {
          nextIs(version)
          const { message } = (await rejection(service.restart())) as Error
          assert.match(message, reason)
          assert.match(message, /which served before, goes on/)
          assert.is(await service.worker(), before)
        }
        nextIs('good')
        const { worker } = await service.restart()
        assert.not.equal(worker, before)
        await Promise.all(counters.map((counter) => counter.quiet()))
        assert.equal(problems(counters), [])
        for (const counter of counters) counter.close()
      },
      ['--probation=2500'],
      { VERSION_FILE: file },
    )
  })
}

test('who has come meanwhile to a server that only the old version has is served by it when it goes on', async () => {
  nextIs('wider')
  const socket = path.join(folder(), 'socket')
  await guarded(
    fixture('versions'),
    async (service) => {
      const before = await service.worker()
      nextIs('good')
      const restarting = rejection(service.restart())
      const worker = await service.worker(before)
      const peer = await connect({ path: socket })
      process.kill(worker, 'SIGKILL')
      assert.match(((await restarting) as Error).message, /which served before, goes on/)
      assert.is(await peer.nextLine({ timeout: 10_000 }), 'welcome')
      await peer.close()
    },
    ['--probation=60000'],
    { VERSION_FILE: file, SOCKET: socket },
  )
})

test('where a process takes everything back its clients have the signals and the ends that they had', () =>
  guarded(
    fixture('taken-back'),
    async (service) => {
      const login = async (name: string) => {
        const peer = await connect({ port: service.port, host: '127.0.0.1' })
        peer.write(name)
        assert.is(await peer.nextLine({ timeout: 10_000 }), `hello ${name}`)
        return peer
      }
      const [ann, bob, cat] = [await login('ann'), await login('bob'), await login('cat')]
      const says = async (): Promise<string> => {
        ann.write('who')
        return ann.nextLine({ timeout: 60_000 })
      }
      const before = await service.worker()
      const restarted = rejection(service.restart())
      const next = await service.worker(before)
      await bob.close()
      await service.connections(2)
      process.kill(next, 'SIGKILL')
      await restarted
      assert.is(await says(), 'here ann,cat; closed bob')
      await cat.close()
      await service.connections(1)
      assert.is(await says(), 'here ann; closed bob,cat')
      await ann.close()
    },
    ['--probation=60000'],
  ))

test('what a version on probation has deleted, saved and released stays so in the process that takes everything back', () =>
  guarded(
    fixture('board'),
    async (service) => {
      const peer = await connect({ port: service.port, host: '127.0.0.1' })
      const says = async (line: string): Promise<string> => {
        peer.write(line)
        return peer.nextLine({ timeout: 60_000 })
      }
      for (const line of ['set a one', 'set b one', 'set c one']) await says(line)
      const before = await service.worker()
      const restarted = rejection(service.restart())
      const next = await service.worker(before)
      await says('del a')
      assert.is(await says('release b two'), 'c=one of b,c')
      process.kill(next, 'SIGKILL')
      assert.match(((await restarted) as Error).message, /which served before, goes on/)
      assert.is(await service.worker(), before)
      assert.is(await says('set c three'), 'c=three of b,c')
      await peer.close()
    },
    ['--probation=60000', `--storePath=${folder()}`],
  ))

test('where a version with other rooms fails, the process that takes everything back has its own rooms, and everybody is in one', async () => {
  const places = path.join(folder(), 'places.json')
  const hall = { name: 'Hall', exits: { north: 'pool' } }
  const pool = { name: 'Pool', exits: { south: 'hall' }, lamp: true }
  writeFileSync(places, JSON.stringify({ hall, pool }))
  await guarded(
    fixture('places'),
    async (service) => {
      const ann = await connect({ port: service.port, host: '127.0.0.1' })
      const does = async (line: string, text: string): Promise<void> => {
        ann.write(line)
        await ann.expect(text)
      }
      await does('ann', 'There is one exit to the north.')
      const before = await service.worker()
      const den = { name: 'Den', exits: { west: 'hall' } }
      writeFileSync(places, JSON.stringify({ hall: { name: 'New hall', exits: { east: 'den' } }, den }))
      const restarted = rejection(service.restart())
      const next = await service.worker(before)
      await does('e', 'There is one exit to the west.')
      process.kill(next, 'SIGKILL')
      await restarted
      // As after any restart, whoever was in a room that is no more is shown where people begin.
      await ann.expect('\nHall\n')
      await does('n', '\nPool\n')
      await does('lamp', 'The lamp burns.')
      await ann.close()
    },
    ['--probation=60000', '--telnet=false'],
    { PLACES: places },
  )
})

test.run()
