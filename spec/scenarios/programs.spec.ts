// time limit: 200 s
// Random programs: whatever people type and whatever happens to the process, everybody sees what they would have seen.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { times } from '../support/soak.js'
import { type Program, programs, runProgram } from './programs.js'

/**
 * What chance has found: a process that dies in the turn in which a step begins, or in the one in which a handler ends, or
 * between the close of a client and its Disconnect; and one that is replaced there.
 */
const FOUND: readonly Program[] = [
  {
    form: 'async',
    flows: [
      [
        { do: 'nested', flow: [{ do: 'late', moves: 1 }, { do: 'pause' }, { do: 'draw' }] },
        { do: 'late', moves: 1 },
      ],
    ],
    clients: 2,
    script: [
      { who: 2, before: ['restart'], after: ['crash', 'restart'] },
      { who: 0, before: [], after: ['restart'] },
    ],
  },
  {
    form: 'async',
    flows: [
      [{ do: 'abort' }],
      [
        {
          do: 'nested',
          flow: [{ do: 'work' }, { do: 'nested', flow: [{ do: 'draw' }, { do: 'ask' }] }],
        },
      ],
    ],
    clients: 2,
    script: [
      { who: 2, before: ['restart'], after: ['restart'] },
      { who: 2, before: [], after: ['crash'] },
      { who: 0, before: ['restart'], after: ['restart'] },
    ],
  },
  {
    form: 'async',
    flows: [[{ do: 'pause' }, { do: 'ask' }, { do: 'pause' }, { do: 'broadcast' }]],
    clients: 2,
    script: [
      { who: 0, before: ['restart'], after: ['crash', 'restart'] },
      { who: 0, before: ['restart'], after: ['restart'] },
    ],
  },
  ...(['crash', 'restart'] as const).map(
    (blow): Program => ({
      form: 'async',
      flows: [[{ do: 'pause' }, { do: 'ask' }, { do: 'close' }, { do: 'ask' }]],
      clients: 2,
      script: [
        { who: 0, before: ['restart'], after: [blow] },
        { who: 0, before: [], after: [] },
      ],
    }),
  ),
]

const CASES = times(400, 100_000)

test('clients see the same, whenever their service is replaced or lost', async () => {
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      const whole = await runProgram(program, false)
      assert.equal(await runProgram(program, true), whole)
    }),
    { numRuns: CASES, examples: FOUND.map((program) => [program]) },
  )
})

test.run()
