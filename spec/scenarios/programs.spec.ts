// Random programs: whatever people type and whatever happens to the process, everybody sees what they would have seen.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { programs, runProgram } from './programs.js'

const CASES = Number(process.env.CASES ?? 1_000)

test('clients see the same, whenever their service is replaced or lost', async () => {
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      const whole = await runProgram(program, false)
      assert.equal(await runProgram(program, true), whole)
    }),
    { numRuns: CASES },
  )
})

test.run()
