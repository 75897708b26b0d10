// time limit: 300 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { crowd, fixture, guarded, problems } from './support.js'

const test = suite('angel/crash')

test('200 clients outlive 20 SIGKILLs at random moments: nobody is closed, and whoever speaks after it is heard', () =>
  guarded(
    fixture('count'),
    async (service) => {
      const counters = await crowd(service.port, 200)
      let victim: number | undefined
      for (let i = 0; i < 20; i++) {
        victim = await service.worker(victim)
        for (const counter of counters.slice(0, 100)) counter.mumble()
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 300))
        process.kill(victim, 'SIGKILL')
      }
      await service.worker(victim)
      for (const counter of counters) {
        const answer = await counter.say('still here')
        assert.is(answer, 'still here')
      }
      const { crashes, connections, trouble } = await service.status()
      assert.equal([crashes, connections], [20, 200])
      assert.match(trouble?.what ?? '', /was ended by SIGKILL/)
      assert.equal(problems(counters), [])
      for (const counter of counters) counter.close()
    },
    ['--snapshotEvery=100'],
  ))

test.run()
