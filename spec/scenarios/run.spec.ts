/** `service.run()` as it is used: in a process of its own, with a command line, an environment and signals. */
import net from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { type Program, type ProgramOptions, withProgram } from '../support/program.js'

const test = suite('run')

const LIFE = 'spec/scenarios/fixtures/life.ts'

function withLife(
  args: readonly string[],
  body: (program: Program) => Promise<void>,
  options?: ProgramOptions,
): Promise<void> {
  return withProgram([LIFE, ...args], body, options)
}

async function enter(program: Program): Promise<Peer> {
  const [, port] = await program.find(/open at (\d+)\n/)
  const peer = await Peer.connect({ host: '127.0.0.1', port: Number(port) })
  peer.send('hello\r\n')
  assert.is(await peer.line(), 'got hello')
  return peer
}

/** What it printed, without what tests wait for. */
function printed(program: Program): string[] {
  return program.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('open at'))
}

const LIFE_OF_ONE = [
  'PreStart',
  'ListenStart',
  'PostStart',
  'Connect',
  'Receive',
  'PreStop',
  'Disconnect',
  'ListenStop',
  'PostStop',
  'run() has returned',
]

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal}: clients get what PreStop writes, run() returns, and the process exits with 0`, () =>
    withLife(['--port=0'], async (program) => {
      const peer = await enter(program)
      program.signal(signal)
      assert.is(await peer.rest(), 'Goodbye.\r\n')
      assert.equal(await program.exit, { code: 0, signal: null })
      assert.equal(printed(program), LIFE_OF_ONE)
    }))
}

test('a program that stops itself has run() return, and exits with 0', () =>
  withLife(['--port=0'], async (program) => {
    const peer = await enter(program)
    peer.send('stop\r\n')
    assert.is(await peer.rest(), 'Goodbye.\r\n')
    assert.equal(await program.exit, { code: 0, signal: null })
    const twice = LIFE_OF_ONE.toSpliced(5, 0, 'Receive')
    assert.equal(printed(program), twice)
  }))

test('a second signal ends the process at once, whatever a handler waits for', () =>
  withLife(['--port=0', '--drain=3600000'], async (program) => {
    const peer = await enter(program)
    peer.send('hang\r\n')
    assert.is(await peer.line(), 'hanging')
    program.signal('SIGTERM')
    await program.find(/PreStop\n/)
    program.signal('SIGTERM')
    assert.equal(await program.exit, { code: null, signal: 'SIGTERM' })
  }))

test('a handler that hangs is waited for as long as --drain says, and no signal is needed twice', () =>
  withLife(['--port=0', '--drain=0'], async (program) => {
    const peer = await enter(program)
    peer.send('hang\r\n')
    assert.is(await peer.line(), 'hanging')
    program.signal('SIGINT')
    assert.is(await peer.rest(), 'Goodbye.\r\n')
    assert.equal(await program.exit, { code: 0, signal: null })
  }))

test('a handler of PostStart may stop the service: run() returns (rule 7)', () =>
  withLife(
    ['--port=0'],
    async (program) => {
      assert.equal(await program.exit, { code: 0, signal: null }, program.stderr)
      const life = ['PreStart', 'ListenStart', 'PostStart', 'PreStop', 'ListenStop', 'PostStop']
      assert.equal(printed(program), [...life, 'run() has returned'])
    },
    { env: { POST_START: 'stop' } },
  ))

test('a signal that comes while a handler of PostStart still works stops the service politely, too', () =>
  withLife(
    ['--port=0'],
    async (program) => {
      const peer = await enter(program)
      program.signal('SIGTERM')
      assert.is(await peer.rest(), 'Goodbye.\r\n')
      await program.find(/PostStop\n/)
    },
    { env: { POST_START: 'linger' } },
  ))

test('--help prints every setting with its default and variable, starts nothing, and exits with 0', () =>
  withLife(['--help'], async (program) => {
    assert.equal(await program.exit, { code: 0, signal: null })
    assert.match(program.stdout, /^Usage: .*life\.[jt]s \[--name=value/)
    for (const name of ['port', 'host', 'path', 'log', 'drain', 'maxLineLength', 'maxConnections']) {
      assert.match(program.stdout, new RegExp(`\\n  --${name}[=,]`))
    }
    assert.match(program.stdout, /default: 9000; environment: MARA_PORT/)
    assert.is(program.stderr, '')
    assert.ok(printed(program).includes('run() has returned'), 'run() has returned')
    assert.not.match(program.stdout, /PreStart/)
  }))

for (const [args, message] of [
  [['--port=abc'], /port \(flag --port\): expected integer from 0 to 65535, got "abc"/],
  [['--port=65536'], /port \(flag --port\): expected integer from 0 to 65535, got "65536"/],
  [['--prot=7000'], /--prot.*did you mean --port\?/],
] as const) {
  test(`${args.join(' ')} is told to be wrong and why, nothing is started, and the exit code is not 0`, () =>
    withLife(args, async (program) => {
      const { code, signal } = await program.exit
      assert.is(signal, null)
      assert.ok(code !== null && code > 0, `exit code ${code}`)
      assert.match(program.stderr, message)
      assert.equal(printed(program), [])
    }))
}

test('a port in use is told, with its address and what to do, and the exit code is not 0', async () => {
  const other = net.createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as net.AddressInfo
  try {
    await withLife([`--port=${port}`], async (program) => {
      const { code } = await program.exit
      assert.ok(code !== null && code > 0, `exit code ${code}`)
      assert.match(
        program.stderr,
        new RegExp(`127\\.0\\.0\\.1:${port}: another server listens there already`),
      )
      assert.match(program.stderr, /--port=N, MARA_PORT=N/)
      assert.equal(printed(program), ['PreStart'])
    })
  } finally {
    other.close()
  }
})

test('the command line wins over the environment, and the environment over the program', () =>
  withLife(
    ['--maxLineLength=20'],
    async (program) => {
      const peer = await enter(program)
      peer.send(`${'x'.repeat(21)}\r\n`)
      assert.is(await peer.line(), 'That line is too long: at most 20 bytes.')
      // The program says `telnet: false`; with telnet a doubled 0xFF would be one byte.
      peer.send(Buffer.from([0xff, 0xff, 0x0d, 0x0a]))
      assert.is(await peer.line(), `got ${Buffer.from('\ufffd').toString('latin1')}`)
      peer.destroy()
    },
    { env: { MARA_PORT: '0', MARA_MAX_LINE_LENGTH: '10', MARA_TELNET: 'true' } },
  ))

test.run()
