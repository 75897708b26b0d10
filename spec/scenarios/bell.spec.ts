// The talker's church bell, and hours that pass in a moment.
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../lib/clock.js'
import { loadExample } from '../support/example.js'
import { Peer } from '../support/peer.js'
import { running } from '../support/service.js'

test('a church bell chimes the hours, as twelve-hour clocks do, for all who are logged in', async () => {
  // What the example reads its time from.
  const clock = new FakeClock(new Date(2026, 0, 5, 10, 30))
  Object.assign(systemClock, {
    now: () => clock.now(),
    setTimeout: (fn: () => void, ms: number) => clock.setTimeout(fn, ms),
    clearTimeout: (alarm: unknown) => clock.clearTimeout(alarm),
  })
  console.log = () => {}
  const { service } = await loadExample('talker.ts', { timers: true })
  await running(
    service,
    async () => {
      const door = await Peer.connect(service)
      const ann = await Peer.connect(service)
      ann.send('ann\r\nyes\r\ncorrect horse\r\ncorrect horse\r\n')
      await ann.until('You are alone here.\r\n')
      const chimes: string[] = []
      for (const minutes of [30, 60, 60, 120, 10 * 60]) {
        await clock.advance(minutes * 60_000)
        chimes.push(...(await ann.lines(minutes === 30 ? 1 : minutes / 60)))
      }
      const times = [11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1]
      assert.equal(
        chimes,
        times.map((n) => `A church bell in the distance chimes ${n} ${n === 1 ? 'time' : 'times'}.`),
      )
      // Who has not logged in has heard none of it.
      assert.not.match(door.received, /bell/)
      for (const peer of [ann, door]) peer.destroy()
    },
    { store: 'memory', telnet: false },
  )
})

test.run()
