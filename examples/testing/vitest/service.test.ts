import { connectTo, FakeClock, Transcript } from 'mara-ts/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeService } from './service.js'

const clock = new FakeClock()
const service = makeService({ clock })

beforeAll(async () => {
  await service.start({ port: 0, log: false })
})
afterAll(() => service.stop())

test('somebody looks around, and an hour goes by', async () => {
  const transcript = new Transcript()
  const ann = await connectTo(service, { name: 'ann', transcript })
  ann.type('look')
  await ann.sees('You are in the lobby')
  await ann.seesNothing()
  await clock.advance(3_600_000)
  await ann.sees('Another hour')
  ann.type('fly')
  await ann.sees("You can't fly")
  await ann.leave()
  expect(String(transcript)).toMatchInlineSnapshot(`
    "ann > look
    ann < You are in the lobby.
    ann < Another hour has passed.
    ann > fly
    ann < You can't fly."
  `)
})

test('what nobody has read is an error that shows it', async () => {
  const ann = await connectTo(service)
  ann.type('look')
  await expect(ann.seesNothing()).rejects.toThrow('You are in the lobby')
  await ann.leave()
})
