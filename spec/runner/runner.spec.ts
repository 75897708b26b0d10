// time limit: 300 s
// The runner as a real process, on spec files that go wrong in one way each. What it must never do is call them green.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const FIXTURES = 'spec/runner/fixtures'

interface Run {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly lastLine: string
}

function start(args: readonly string[], cwd = '.', env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', resolve('spec/runner/main.ts'), ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function end(child: ChildProcess): Promise<Run> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, stdout, stderr, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' }
}

function run(...args: string[]): Promise<Run> {
  return end(start(args))
}

function fixture(name: string, ...args: string[]): Promise<Run> {
  return run(...args, `${FIXTURES}/${name}.spec.ts`)
}

function project(name: string, ...args: string[]): Promise<Run> {
  return end(start(args, join(FIXTURES, name)))
}

function isGreen(result: Run, lastLine: string): void {
  assert.is(result.lastLine, lastLine, result.stdout + result.stderr)
  assert.is(result.exitCode, 0)
}

function isRed(result: Run, lastLine: string, ...said: RegExp[]): void {
  assert.is(result.lastLine, lastLine, result.stdout + result.stderr)
  assert.is(result.exitCode, 1)
  for (const text of said) assert.match(result.stdout, text)
}

/** Listens for the process of the fixture `hangs` and its two children; `alive` resolves when all have connected. */
async function watchHangs() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const closes: Promise<unknown>[] = []
  const alive = new Promise<void>((done) => {
    server.on('connection', (socket: Socket) => {
      // A killed process may end its socket by a reset.
      socket.on('error', () => {}).resume()
      closes.push(new Promise((closed) => socket.once('close', closed)))
      if (closes.length === 3) done()
    })
  })
  const env = { HANGS_PORT: String((server.address() as AddressInfo).port) }
  const died = async (): Promise<void> => {
    await Promise.all(closes)
    assert.is(closes.length, 3)
    server.close()
  }
  return { env, alive, died }
}

async function runToTimeLimit() {
  const { env, alive, died } = await watchHangs()
  const running = end(start(['--timeout', '10000', `${FIXTURES}/hangs`], '.', env))
  await alive
  return { result: await running, died }
}

// These take seconds each, so they begin now and are judged below.
const hangingServer = fixture('hanging-server')
const leavesChild = fixture('leaves-child')
const timeLimit = runToTimeLimit()

test('a file whose tests all pass is green, with one line', async () => {
  const result = await fixture('green')
  isGreen(result, '3 passed, 0 failed')
  assert.match(result.stdout, /^ok {3}spec\/runner\/fixtures\/green\.spec\.ts {2}3 tests {2}\d+\.\d s\n\n/)
})

test('colours asked for by the environment do not hide the totals', async () => {
  isGreen(await end(start([`${FIXTURES}/green`], '.', { FORCE_COLOR: '1' })), '3 passed, 0 failed')
})

test('a failing assertion is red, and all that the file printed is shown, stderr too', async () => {
  const result = await fixture('failing')
  isRed(
    result,
    '1 passed, 2 failed',
    /2 of 3 tests failed/,
    /"two apples"/,
    /\+\+pears/,
    /this went to stderr/,
  )
})

test('a forgotten .run() is red where it is the only suite', async () => {
  isRed(await fixture('forgotten-run'), '0 passed, 1 failed', /no totals/, /test\.run\(\) is missing/)
})

test('a forgotten .run() is red beside a suite that runs', async () => {
  isRed(await fixture('forgotten-run-beside'), '1 passed, 1 failed', /:8: forgotten\.run\(\) is missing/)
})

test('a forgotten .run() is red in a helper that a spec imports', async () => {
  isRed(
    await fixture('forgotten-run-in-helper'),
    '1 passed, 1 failed',
    /forgets\.ts:6: contract\.run\(\) is missing/,
  )
})

test('a test registered after .run() is red', async () => {
  isRed(await fixture('late-test'), '1 passed, 1 failed', /late-test\.spec\.ts:6: .* never runs/)
})

test('a wait between two calls of .run(), which makes uvu lose count, is red', async () => {
  isRed(await fixture('started-twice'), '2 passed, 1 failed', /uvu was started twice/)
})

test('a before hook that throws is red', async () => {
  isRed(await fixture('before-throws'), '0 passed, 1 failed', /uvu hides why: a hook threw/)
})

test('an after hook that throws is red', async () => {
  isRed(await fixture('after-throws'), '0 passed, 1 failed', /exit code 1/, /after broke/)
})

test('a thrown string is red, and so are the tests that uvu leaves out after it', async () => {
  isRed(await fixture('throws-string'), '1 passed, 2 failed', /something that is no Error/)
})

test('a file that cannot be loaded is red', async () => {
  isRed(await fixture('import-error'), '0 passed, 1 failed', /ERR_MODULE_NOT_FOUND/)
})

test('a file without tests is red', async () => {
  isRed(await fixture('empty'), '0 passed, 1 failed', /it has no tests/)
})

test('process.exit(0) inside a test is red', async () => {
  isRed(await fixture('exits'), '0 passed, 1 failed', /Exiting early/)
})

test('process.exit(0) before the tests is red', async () => {
  isRed(await fixture('exits-early'), '0 passed, 1 failed', /no totals/, /it printed nothing/)
})

test('an exit code other than 0 is red where every test has passed', async () => {
  isRed(await fixture('exits-late'), '1 passed, 1 failed', /exit code 3/)
})

test('.only is red', async () => {
  isRed(await fixture('only'), '1 passed, 1 failed, 1 skipped', /only\.spec\.ts:4: \.only/)
})

test('a skipped test is counted and named', async () => {
  const result = await fixture('skipped')
  isGreen(result, '1 passed, 0 failed, 1 skipped')
  assert.match(
    result.stdout,
    /\nskipped in .*\/skipped\.spec\.ts: 1\n +the second, which waits for better days\n/,
  )
})

test('a file that says why it skips everything is green, counted and named', async () => {
  const result = await fixture('skipped-with-reason')
  isGreen(result, '0 passed, 0 failed, 1 skipped')
  assert.match(result.stdout, /\nskipped in .*: 1\n +no program called "no-such-client"\n/)
})

test('a test that never settles is red', async () => {
  isRed(await fixture('never-settles'), '0 passed, 1 failed', /Exiting early/)
})

test('a server left open is red: the tests have ended, the process has not', async () => {
  isRed(await hangingServer, '1 passed, 1 failed', /something was left open/)
})

test('a child process left running is red', async () => {
  isRed(await leavesChild, '1 passed, 1 failed', /a process that it started was left open/)
})

test('at its time limit a file is killed with the processes it started, and what it printed is shown', async () => {
  const { result, died } = await timeLimit
  isRed(result, '0 passed, 1 failed', /still running at its time limit of 10 s/, /it got this far/)
  await died()
})

test('a file may declare a longer time limit', async () => {
  isGreen(await fixture('long-limit', '--timeout', '1'), '1 passed, 0 failed')
  isRed(await fixture('green', '--timeout', '1'), '0 passed, 1 failed', /still running at its time limit/)
})

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} to the runner ends every process that it has started`, async () => {
    const { env, alive, died } = await watchHangs()
    const child = start([`${FIXTURES}/hangs`], '.', env)
    const running = end(child)
    await alive
    child.kill(signal)
    const result = await running
    assert.is(result.exitCode, exitCode)
    assert.match(result.stderr, `stopped by ${signal}`)
    await died()
  })
}

test('several files run in one go: each red one is named again at the end', async () => {
  const result = await run('--jobs', '2', `${FIXTURES}/{green,only,failing}.spec.ts`)
  isRed(result, '5 passed, 3 failed, 1 skipped')
  const summary = result.stdout.slice(result.stdout.lastIndexOf('\n\n'))
  assert.match(summary, /RED {2}\S+failing\.spec\.ts\n/)
  assert.match(summary, /RED {2}\S+only\.spec\.ts\n/)
  assert.not.match(summary, /green/)
})

test('a pattern that matches nothing is red, also beside one that matches', async () => {
  isRed(await run('no-such-file'), '0 passed, 1 failed', /no spec file matches "no-such-file"/)
  isRed(
    await run('no-such-file', `${FIXTURES}/green`),
    '3 passed, 1 failed',
    /no spec file matches "no-such-file"/,
  )
})

test('the default pattern without a file is red', async () => {
  isRed(await project('helpers', '--floor', '1'), '0 passed, 2 failed', /no spec file matches spec\/\*\*/)
})

test('the committed floor is held on a run of the default pattern alone', async () => {
  isGreen(await project('fully-covered'), '2 passed, 0 failed')
  isRed(
    await project('covered'),
    '2 passed, 1 failed',
    /2 tests ran, and there must be at least 3\. .*floor\.json/,
  )
  isGreen(await project('covered', 'spec/half'), '2 passed, 0 failed')
})

test('--floor goes before the committed floor', async () => {
  isGreen(await project('covered', '--floor', '2'), '2 passed, 0 failed')
  isRed(
    await fixture('green', '--floor', '4'),
    '3 passed, 1 failed',
    /3 tests ran, and there must be at least 4/,
  )
})

test('a floor that could be raised is named, and stays green', async () => {
  const high = await fixture('green', '--floor', '2')
  isGreen(high, '3 passed, 0 failed')
  assert.match(high.stdout, /floor: 3 tests ran, .* can be raised to 3\n/)
  assert.not.match((await fixture('green', '--floor', '3')).stdout, /floor/)
})

test('a committed floor that cannot be read is red', async () => {
  const result = await project('helpers')
  isRed(result, '0 passed, 1 failed')
  assert.match(result.stderr, /floor\.json cannot be read/)
})

test('an option that does not exist, or has no sensible value, is red', async () => {
  for (const option of ['--coverge', '--jobs=0', '--timeout=soon']) {
    const result = await fixture('green', option)
    isRed(result, '0 passed, 1 failed')
    assert.match(result.stderr, option.replace(/=.*/, ''))
  }
})

/** The lines of a source file that an lcov report has as hit, and as missed. */
function linesOf(lcov: string, file: string): { hit: number[]; missed: number[] } | undefined {
  const record = lcov.split('end_of_record').find((text) => text.includes(`SF:${file}\n`))
  if (record === undefined) return undefined
  const lines = [...record.matchAll(/^DA:(\d+),(\d+)/gm)].map(
    ([, line, count]) => [Number(line), Number(count)] as const,
  )
  return {
    hit: lines.filter(([, count]) => count > 0).map(([line]) => line),
    missed: lines.filter(([, count]) => count === 0).map(([line]) => line),
  }
}

async function withCoverage(name: string, check: (result: Run, lcov: string) => void): Promise<void> {
  const reports = join(FIXTURES, name, 'coverage')
  rmSync(reports, { recursive: true, force: true })
  try {
    const result = await project(name, '--coverage', '--floor', '2')
    check(result, readFileSync(join(reports, 'lcov.info'), 'utf8'))
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

test('coverage under the threshold is red, and counts the lines of the source as it stands', async () => {
  await withCoverage('covered', (result, lcov) => {
    isRed(result, '2 passed, 1 failed', /RED {2}coverage: .*lines.*\(95%\)/, /half\.ts /)
    const half = linesOf(lcov, 'lib/half.ts')
    assert.equal(half?.missed, [6, 7, 8, 9, 15, 16, 17, 18, 19])
    assert.equal(half?.hit, [1, 2, 3, 4, 5, 10, 11, 12, 13, 14])
  })
})

test('coverage counts child processes, and files that nothing loads, but no file of types alone', async () => {
  await withCoverage('covered', (_, lcov) => {
    assert.equal(linesOf(lcov, 'lib/child.ts')?.missed, [])
    assert.equal(linesOf(lcov, 'lib/never-loaded.ts'), { hit: [], missed: [1, 2] })
    assert.is(linesOf(lcov, 'lib/types.ts'), undefined)
  })
})

test('coverage above the threshold is green', async () => {
  await withCoverage('fully-covered', (result, lcov) => {
    isGreen(result, '2 passed, 0 failed')
    assert.equal(linesOf(lcov, 'lib/sum.ts')?.missed, [])
  })
})

test('coverage of nothing is red', async () => {
  isRed(
    await project('no-lib', '--coverage', '--floor', '1'),
    '1 passed, 1 failed',
    /no TypeScript file under lib/,
  )
})

test.run()
