// What CONTRIBUTING says of specs, held to. Exceptions are listed here, each with its reason.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

/** Specs of something other than a file of lib/: whole services, tools, the package and the repository. */
const NO_MIRROR: readonly string[] = [
  'angel/', // many processes at once
  'fuzz/',
  'mutants/',
  'personas/',
  'runner/',
  'scenarios/',
  'cli/package.spec.ts', // the packed package
  'telnet/differential.spec.ts', // against telnet-stream
  'telnet/peers.spec.ts', // against real telnet clients
  'conventions.spec.ts',
  'rooms.spec.ts',
]

/** Waits for a time, not for something. */
const SLEEPS: readonly string[] = [
  'angel/', // processes are asked until they answer; some are killed at a moment of chance, or stopped for seconds
  'fuzz/honest.ts', // how long it waits for an answer
  'fuzz/target.ts', // how long it waits for an end
  'runner/run-file.ts', // the time limit of a file
  'scenarios/fixtures/life.ts', // keeps a process running
  'timers/timer.spec.ts', // a sleep that is aborted
]

/** Draws differently each time. */
const CHANCE: readonly string[] = [
  'angel/', // when to kill: what happens then is chance in any case
]

const all = readdirSync('spec', { recursive: true, encoding: 'utf8' })
const files = all.filter((file) => /\.ts$/.test(file) && !file.startsWith('runner/fixtures/')).sort()

/** Files whose text matches, without those that are excepted. */
function offenders(pattern: RegExp, exceptions: readonly string[]): string[] {
  return files.filter(
    (file) =>
      file !== 'conventions.spec.ts' &&
      !exceptions.some((exception) => file.startsWith(exception)) &&
      pattern.test(readFileSync(`spec/${file}`, 'utf8')),
  )
}

test('each spec mirrors a file of lib/', () => {
  const lost = files.filter(
    (file) =>
      file.endsWith('.spec.ts') &&
      !NO_MIRROR.some((exception) => file.startsWith(exception)) &&
      !existsSync(`lib/${file.replace('.spec.ts', '.ts')}`),
  )
  assert.equal(lost, [])
})

test('nothing sleeps in order to wait', () => {
  // A clock's own: called with a dot before it, declared with the type of its first parameter.
  assert.equal(
    offenders(/(?<![.\w])setTimeout\((?!\w+: )|setTimeout\b[^'\n]*'node:timers\/promises'/, SLEEPS),
    [],
  )
})

test('chance has a seed', () => {
  assert.equal(offenders(/\bMath\.random\b|\brandom(?:Bytes|Int|UUID)\b/, CHANCE), [])
})

test('every exception is one', () => {
  const exceptions = [...NO_MIRROR, ...SLEEPS, ...CHANCE]
  assert.equal(
    exceptions.filter((exception) => !existsSync(`spec/${exception}`)),
    [],
  )
})

test.run()
