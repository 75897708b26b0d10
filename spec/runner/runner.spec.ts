// time limit: 300 s
// not measured: its processes reach nothing in lib/ of this repository.
// The runner as a real process, on spec files that go wrong in one way each. What it must never do is call them green.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { folder } from '../cli/support.js'
import { built, loader } from '../support/node.js'

const FIXTURES = 'spec/runner/fixtures'
const RUNNER = resolve(built('spec/runner/main.ts'))

interface Run {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly lastLine: string
}

function start(args: readonly string[], cwd = '.', env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [...loader, RUNNER, ...args], {
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

function fixture(name: string, ...args: string[]): Promise<Run> {
  return end(start([...args, `${FIXTURES}/${name}`]))
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

/** Listens for the process of the fixture `hangs` and its child; `alive` resolves when both have connected. */
async function watchHangs() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const closes: Promise<unknown>[] = []
  const alive = new Promise<void>((done) => {
    server.on('connection', (socket: Socket) => {
      // A killed process may end its socket by a reset.
      socket.on('error', () => {}).resume()
      closes.push(new Promise((closed) => socket.once('close', closed)))
      if (closes.length === 2) done()
    })
  })
  const env = { HANGS_PORT: String((server.address() as AddressInfo).port) }
  const died = async (): Promise<void> => {
    await Promise.all(closes)
    server.close()
  }
  return { env, alive, died }
}

// These take until their time limit, so they begin now and are judged below.
const leftOpen = Promise.all(
  ['hanging-server', 'leaves-child'].map((name) => fixture(name, '--timeout', '20')),
)

test('a file whose tests all pass is green, with one line', async () => {
  const result = await end(start([`${FIXTURES}/green`], '.', { FORCE_COLOR: '1' }))
  isGreen(result, '3 passed, 0 failed')
  assert.match(result.stdout, /^ok {3}spec\/runner\/fixtures\/green\.spec\.ts {2}3 tests {2}\d+\.\d s\n\n/)
})

test('a failing assertion is red, and all that the file printed is shown, stderr too', async () => {
  isRed(
    await fixture('failing'),
    '1 passed, 2 failed',
    /2 of 3 tests did not pass\n/,
    /"two apples"/,
    /\+\+pears/,
    /this went to stderr/,
    /[ (]spec\/runner\/fixtures\/failing\.spec\.ts:9:\d+/,
  )
})

test('a forgotten .run() is red, alone and beside a suite that runs', async () => {
  isRed(await fixture('forgotten-run.'), '0 passed, 1 failed', /0 totals/, /test\.run\(\) is missing/)
  isRed(await fixture('forgotten-run-beside'), '1 passed, 1 failed', /forgotten\.run\(\) is missing/)
})

test('a test registered after .run() is red', async () => {
  isRed(await fixture('late-test'), '1 passed, 1 failed', /its last line must be a \.run\(\)/)
})

test('a wait between two calls of .run(), which makes uvu lose count, is red', async () => {
  isRed(await fixture('started-twice'), '2 passed, 1 failed', /uvu printed 2 totals/)
})

test('a hook that throws is red', async () => {
  isRed(await fixture('before-throws'), '0 passed, 1 failed', /uvu hides why: a hook threw/)
})

test('a thrown string is red, and so are the tests that uvu leaves out after it', async () => {
  isRed(await fixture('throws-string'), '1 passed, 2 failed', /what is no Error/)
})

test('process.exit(0) inside a test is red', async () => {
  isRed(await fixture('exits'), '0 passed, 1 failed', /Exiting early/)
})

test('.only is red', async () => {
  isRed(await fixture('only'), '1 passed, 1 failed, 1 skipped', /\.only leaves/)
})

test('properties draw from one seed, and from another one where it is given', async () => {
  const drawn = async (env: NodeJS.ProcessEnv): Promise<string | undefined> =>
    /drew (\S+)/.exec((await end(start([`${FIXTURES}/draws`], '.', env))).stdout)?.[1]
  const first = await drawn({})
  assert.type(first, 'string')
  assert.is(await drawn({}), first)
  assert.is.not(await drawn({ FC_SEED: '2' }), first)
})

test('a skipped test is counted', async () => {
  isGreen(await fixture('skipped.'), '1 passed, 0 failed, 1 skipped')
})

test('a file that says why it skips everything is green, counted and named', async () => {
  const result = await fixture('skipped-with-reason')
  isGreen(result, '0 passed, 0 failed, 1 skipped')
  assert.match(result.stdout, /\nskipped in .*: 1\n +no program called "no-such-client"\n/)
})

test('a server or a child process left open is red at the time limit', async () => {
  for (const result of await leftOpen) isRed(result, '1 passed, 1 failed', /at its time limit of 20 s, /)
})

test('at its time limit a file is killed with the processes it started, and what it printed is shown', async () => {
  const { env, alive, died } = await watchHangs()
  const running = end(start(['--timeout', '20', `${FIXTURES}/hangs`], '.', env))
  await alive
  isRed(await running, '0 passed, 1 failed', /at its time limit of 20 s/, /it got this far/)
  await died()
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} to the runner ends every process that it has started`, async () => {
    const { env, alive, died } = await watchHangs()
    const child = start([`${FIXTURES}/hangs`], '.', env)
    const running = end(child)
    await alive
    child.kill(signal)
    assert.is((await running).exitCode, 1)
    await died()
  })
}

test('several files run in one go: each red one is named again at the end', async () => {
  const result = await end(
    start(['--jobs', '2', ...['green', 'only', 'failing'].map((f) => `${FIXTURES}/${f}`)]),
  )
  isRed(result, '5 passed, 3 failed, 1 skipped')
  const summary = result.stdout.slice(result.stdout.lastIndexOf('\n\n'))
  assert.match(summary, /RED {2}\S+failing\.spec\.ts\n/)
  assert.match(summary, /RED {2}\S+only\.spec\.ts\n/)
  assert.not.match(summary, /green/)
})

test('a pattern that matches nothing is red, also beside one that matches', async () => {
  isRed(
    await end(start(['no-such-file', `${FIXTURES}/green`])),
    '3 passed, 1 failed',
    /no spec file matches "no-such-file"/,
  )
})

test('the committed floor is held on a run of everything alone', async () => {
  isGreen(await project('fully-covered'), '2 passed, 0 failed')
  isRed(await project('covered'), '3 passed, 1 failed', /3 tests ran, and there must be at least 4 /)
  isGreen(await project('covered', 'spec/half'), '3 passed, 0 failed')
})

test('an option that does not exist, or has no sensible value, is red', async () => {
  for (const option of ['--coverge', '--jobs=0', '--timeout=soon']) {
    const result = await fixture('green', option)
    isRed(result, '0 passed, 1 failed')
    assert.match(result.stderr, option.replace(/=.*/, ''))
  }
})

test('the mirror follows its source: what is changed, what is gone, and what only tsx can run', async () => {
  const root = folder({
    'package.json': '{ "type": "module" }',
    'lib/word.ts': "export const word: string = 'one'\n",
    'spec/runner/floor.json': '{ "tests": 1 }',
    'spec/word.spec.ts': `
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { word } from '../lib/word.js'

test('a word', () => assert.is(word, 'one'))
test.run()
`,
    'spec/using.spec.ts': [
      "import { test } from 'uvu'",
      "test('what is no JavaScript yet', () => {",
      '  using word: Disposable = { [Symbol.dispose]() {} }',
      '  void word',
      '})',
      'test.run()\n',
    ].join('\n'),
  })
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'))
  const runs = (...args: string[]) => end(start(args, root))
  isGreen(await runs(), '2 passed, 0 failed')

  writeFileSync(join(root, 'lib/word.ts'), "export const word: string = 'two'\n")
  isRed(await runs('word'), '0 passed, 1 failed', /\+\+one/)
  writeFileSync(join(root, 'lib/word.ts'), 'export const word: string =\n')
  const broken = await runs('word')
  isRed(broken, '0 passed, 1 failed')
  assert.match(broken.stderr, /^lib\/word\.ts can't be compiled: /)
  rmSync(join(root, 'lib/word.ts'))
  isRed(await runs('word'), '0 passed, 1 failed', /Cannot find module/)
})

/** The lines of a source file that an lcov report has as missed; undefined where the report leaves the file out. */
function missedLines(lcov: string, file: string): number[] | undefined {
  const record = lcov.split('end_of_record').find((text) => text.includes(`SF:${file}\n`))
  if (record === undefined) return undefined
  return [...record.matchAll(/^DA:(\d+),0/gm)].map(([, line]) => Number(line))
}

test('coverage counts lines of the source as it stands, child processes, and files that nothing loads, but no spec that says so', async () => {
  const reports = join(FIXTURES, 'covered/coverage')
  try {
    const result = await project('covered', '--coverage', 'half')
    isRed(result, '3 passed, 1 failed', /RED {2}coverage: .*lines.*\(95%\)/, /half\.ts /)
    const lcov = readFileSync(join(reports, 'lcov.info'), 'utf8')
    assert.equal(missedLines(lcov, 'lib/half.ts'), [6, 7, 8, 9, 15, 16, 17, 18, 19])
    assert.equal(missedLines(lcov, 'lib/child.ts'), [])
    assert.equal(missedLines(lcov, 'lib/never-loaded.ts'), [1, 2])
    assert.is(missedLines(lcov, 'lib/types.ts'), undefined, 'a file of types alone has nothing to miss')
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
})

test('coverage above the threshold is green', async () => {
  try {
    isGreen(await project('fully-covered', '--coverage'), '2 passed, 0 failed')
  } finally {
    rmSync(join(FIXTURES, 'fully-covered/coverage'), { recursive: true, force: true })
  }
})

test.run()
