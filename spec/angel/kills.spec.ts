// time limit: 600 s
// not measured: it starts processes by the hundred, and other specs reach the same lines.

import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folder } from '../cli/support.js'
import { certificate, openssl } from '../support/certificates.js'
import { Random } from '../support/random.js'
import { times } from '../support/soak.js'
import { crowd, dials, fixture, guarded, problems } from './support.js'

const test = suite('angel/kills')

const chance = new Random(1)
const KILLS = times(12, 1_000)

for (const kind of ['tcp', 'tls', 'websocket'] as const) {
  if (kind === 'tls' && openssl === undefined) {
    console.log('skipped: openssl is missing, so TLS is not tried')
    continue
  }
  const kills = kind === 'tcp' ? KILLS : Math.ceil(KILLS / 4)
  test(`${kind}: clients in full conversation come through ${kills} SIGKILLs: no line is lost, doubled or out of order`, async () => {
    const { cert, key } = kind === 'tls' ? certificate(folder(), 'kills') : { cert: '', key: '' }
    await guarded(
      fixture('count'),
      async (service) => {
        const counters = await crowd(service.port, 50, 2, dials[kind])
        for (const counter of counters) counter.talk()
        let victim: number | undefined
        for (let i = 0; i < kills; i++) {
          victim = await service.worker(victim)
          await pause(chance.below(400))
          process.kill(victim, 'SIGKILL')
        }
        await service.worker(victim)
        await Promise.all(counters.map((counter) => counter.quiet()))
        assert.equal(problems(counters), [])
        assert.is((await service.status()).crashes, kills)
        const lines = counters.reduce((sum, { received }) => sum + received, 0)
        assert.ok(lines > kills * 50, `only ${lines} lines`)
        for (const counter of counters) counter.close()
      },
      [],
      { KIND: kind, CERT: cert, KEY: key },
    )
  })
}

test.run()
