// The whole of it: people in the middle of a login, and a process that is replaced or lost at each of its moments.
import { everyRestartPoint } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loginService, play } from './login.js'

const test = suite('a login of ten prompts')

for (const crash of [false, true]) {
  for (const times of [1, 2]) {
    const what = `${crash ? 'killed' : 'restarted'} ${times === 1 ? 'once' : 'twice in a row'}`
    test(`is the same for everybody where the service is ${what} at each of its moments`, async () => {
      const points = await everyRestartPoint({ service: loginService, play }, { crash, times })
      assert.ok(points >= 30, `${points}`)
    })
  }
}

test.run()
