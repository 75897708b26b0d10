import { connectAs, connectTo, everyRestartPoint, personas, Transcript } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeService } from './service.js'

const service = makeService()
const test = suite('a service')
test.before(() => service.start({ port: 0, log: false }))
test.after(() => service.stop())

test('a login reads like a play', async () => {
  const transcript = new Transcript()
  const ann = await connectTo(service, { name: 'ann', transcript })
  await ann.sees('Name: ')
  ann.type('Ann')
  await ann.sees('Password: ')
  ann.type('fish')
  await ann.sees('4 letters')
  await ann.seesNothing()
  await ann.leave()
  assert.snapshot(
    String(transcript),
    `
ann < Name:
ann > Ann
ann < Password:
ann > fish
ann <
ann < Welcome, Ann. Your password has 4 letters.`.trim(),
  )
})

for (const manners of [personas.putty, personas.mudlet, personas.tintin]) {
  test(`${manners.name} shows no password`, async () => {
    const ann = await connectAs(manners, service)
    await ann.sees('Name: ')
    ann.type('Ann')
    await ann.sees('Password: ')
    ann.type('fish')
    await ann.sees('4 letters')
    assert.not.match(ann.screen, 'fish')
    await ann.leave()
  })
}

test('a login goes on after a restart, at whatever moment', async () => {
  await everyRestartPoint({
    service: makeService,
    async play(connect) {
      const ann = await connect('ann')
      await ann.sees('Name: ')
      ann.type('Ann')
      await ann.sees('Password: ')
      ann.type('fish')
      await ann.sees('Welcome, Ann. Your password has 4 letters.')
    },
  })
})

test.run()
