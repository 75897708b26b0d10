// time limit: 600 s
// not measured: it starts processes by the hundred, and other specs reach the same lines.
// People in the middle of a login, over every kind of connection, and a process that is restarted or killed at each prompt.
import { everyRestartPoint } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folder } from '../cli/support.js'
import { play } from '../scenarios/login.js'
import { certificate, openssl } from '../support/certificates.js'
import { times } from '../support/soak.js'
import { dials, fixture } from './support.js'

const test = suite('conversations under an angel')

const kinds = ['tcp', 'websocket', ...(openssl === undefined ? [] : (['tls'] as const))] as const
if (openssl === undefined) console.log('skipped: openssl is missing, so TLS is not tried')

// In each play people come by other kinds of connection, so that each of them is met at every third prompt, and in a soak at all.
for (const crash of [false, true]) {
  for (let offset = 0; offset < times(1, kinds.length); offset++) {
    test(`everybody sees the same where the process is ${crash ? 'killed' : 'restarted'} at each prompt of somebody (${offset + 1})`, async () => {
      let plays = offset + Number(crash)
      const { cert, key } = openssl === undefined ? { cert: '', key: '' } : certificate(folder(), 'tower')
      const points = await everyRestartPoint(
        {
          program: fixture('tower'),
          env: { CERT: cert, KEY: key },
          reuse: true,
          dial: (addresses, number) => {
            if (number === 0) plays += 1
            const turn = (number + plays) % kinds.length
            return dials[kinds[turn] as (typeof kinds)[number]](addresses[turn]?.port as number)
          },
          // Who speaks no telnet sends nothing at a moment of its own.
          play: (connect) => play((name) => connect(name, { telnet: false, patience: 30_000 })),
        },
        { crash, of: 'ann' },
      )
      assert.is(points, 14)
    })
  }
}

test.run()
