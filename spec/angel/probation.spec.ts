// time limit: 600 s
// New versions that begin to serve, and fail soon after.

import { writeFileSync } from 'node:fs'
import path from 'node:path'
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
        for (let i = 0; i < 3; i++) {
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

test.run()
