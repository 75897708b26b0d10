// time limit: 600 s
// People in the middle of a login, over every kind of connection, and a process that is restarted or killed at each prompt.
import { everyRestartPoint } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folder } from '../cli/support.js'
import { play } from '../scenarios/login.js'
import { certificate, openssl } from '../support/certificates.js'
import { dials, fixture } from './support.js'

const test = suite('conversations under an angel')

const kinds = ['tcp', 'websocket', ...(openssl === undefined ? [] : (['tls'] as const))] as const
if (openssl === undefined) console.log('skipped: openssl is missing, so TLS is not tried')

for (const crash of [false, true]) {
  for (const [i, kind] of kinds.entries()) {
    test(`everybody sees the same where the process is ${crash ? 'killed' : 'restarted'} at each prompt of somebody who came by ${kind}`, async () => {
      const { cert, key } = openssl === undefined ? { cert: '', key: '' } : certificate(folder(), 'tower')
      const points = await everyRestartPoint(
        {
          program: fixture('tower'),
          env: { CERT: cert, KEY: key },
          reuse: true,
          // Ann is the third to come.
          dial: (addresses, number) => {
            const turn = (number + i + 2 * kinds.length - 2) % kinds.length
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
