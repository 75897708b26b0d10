/** What becomes of due times that pass while a run is going on, and of a run that fails. */
import { FakeClock } from 'mara-ts/testing'
import { Timers } from 'mara-ts/timers'

const clock = new FakeClock(0)
const timers = new Timers({
  clock,
  onError: (_timer, error) => console.log(`At ${clock.now()} ms a run failed: ${error}`),
})
timers.start()

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => clock.setTimeout(resolve, ms))
}

for (const late of ['skip', 'catch-up'] as const) {
  const begin = clock.now()
  const seen: string[] = []
  const timer = timers.add(
    { every: 1000 },
    async ({ due, runs }) => {
      seen.push(`${Number(due) - begin}`)
      if (runs === 1) await sleep(2500)
    },
    { late },
  )
  await clock.advance(5000)
  timer.stop()
  console.log(`${late}: runs were due at ${seen.join(', ')} ms`)
}

const failing = timers.add({ every: 1000 }, () => {
  throw new Error('no network')
})
await clock.advance(2000)
failing.stop()
timers.stopAll()
