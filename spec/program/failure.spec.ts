import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { UsageError } from '../../lib/cli/errors.js'
import { ProgramError } from '../../lib/program/errors.js'
import {
  describeFailure,
  describeUncaught,
  exitCodeOf,
  isMaraError,
  plainWhenUncaught,
} from '../../lib/program/failure.js'
import { SettingsError } from '../../lib/settings/errors.js'
import { finished, folder, type Result, Run } from '../cli/support.js'
import { built, loader } from '../support/node.js'

const failures = suite('program/failure')

failures("the library's errors are known, those of another copy of it too", async () => {
  const copy = (await import(`../../lib/errors.js${'?copy'}`)) as typeof import('../../lib/errors.js')
  class Theirs extends copy.MaraError {
    readonly code = 'MARA_THEIRS'
  }
  assert.not.instance(new Theirs('x'), ProgramError)
  for (const error of [new ProgramError('x'), new SettingsError([]), new Theirs('x')])
    assert.ok(isMaraError(error))
})

failures('other errors and what is no error are not taken for one', () => {
  class MaraErrorish extends Error {}
  for (const other of [
    new Error('x'),
    new MaraErrorish('x'),
    { name: 'MaraError' },
    'MaraError',
    null,
    undefined,
  ]) {
    assert.not.ok(isMaraError(other))
  }
})

failures('an error of the library is told by its message, anything else in full', () => {
  assert.is(describeFailure(new ProgramError('It is not there.')), 'It is not there.\n')
  assert.is(describeFailure('just a string'), "'just a string'\n")
  assert.match(describeFailure(new Error('outer', { cause: new Error('inner') })), /outer.*at .*inner/s)
})

failures('control characters that an error quotes are made visible, line ends and tabs apart', () => {
  const quoted = '\x1b]0;gotcha\x07\r\u009b2J\u202e\n\tat the end'
  const shown = '\\x1b]0;gotcha\\x07\\r\\x9b2J\\u202e\n\tat the end'
  assert.is(describeFailure(new ProgramError(quoted)), `${shown}\n`)
  for (const error of [new Error(quoted), new Error('outer', { cause: new Error(quoted) })]) {
    assert.ok(
      describeFailure(error).includes('\\x1b]0;gotcha\\x07\\r\\x9b2J\\u202e\n'),
      describeFailure(error),
    )
    assert.is(describeUncaught(error), describeFailure(error))
  }
})

failures('what was typed wrong ends with 2, all else with 1', () => {
  assert.is(exitCodeOf(new UsageError('x')), 2)
  assert.is(exitCodeOf(new SettingsError([])), 2)
  for (const other of [new ProgramError('x'), new Error('x'), 'x']) assert.is(exitCodeOf(other), 1)
})

failures('errors that are caught leave one listener behind, however many there are', () => {
  const before = process.listenerCount('uncaughtExceptionMonitor')
  for (let i = 0; i < 20; i++) plainWhenUncaught(new ProgramError('x'))
  plainWhenUncaught(new Error('x'))
  plainWhenUncaught('x')
  assert.is(process.listenerCount('uncaughtExceptionMonitor'), before + 1)
})

/** Runs a program in plain Node that starts a service, with `error` in the place of what goes wrong. */
function program(text: string, ...args: string[]): Promise<Result> {
  const lib = pathToFileURL(path.resolve(built('lib/index.ts')))
  const dir = folder({
    'package.json': '{ "type": "module" }',
    'program.js': `import { events, Service } from '${lib}'\nconst service = new Service()\n${text}`,
  })
  return finished(new Run(process.execPath, [...loader, `${dir}/program.js`, ...args]))
}

const PROT = 'A setting is wrong:\n  prot (flag --prot): no such setting; did you mean --port?\n'

failures(
  'a console that nobody awaits, and that can not be opened, is told of by a message, too',
  async () => {
    for (const [options, message] of [
      ["{ path: '/nowhere/console.sock' }", /^Can't listen on \/nowhere\/console.sock: .*\.\n$/],
      ['{ pth: 1 }', /^console\(\) got pth: 1 .*; expected one of these options: .*\.\n$/],
    ] as const) {
      const { code, err } = await program(
        `service.listen(events.PostStart, () => void service.console(${options}))\nawait service.run({ log: false, servers: [] })`,
      )
      assert.is(code, 1)
      assert.match(err, message)
    }
  },
)

failures('what run() throws and nobody catches is a message and an exit code', async () => {
  for (const text of [
    'void service.run()',
    'try { await service.run() } finally { await new Promise(setImmediate) }',
  ]) {
    assert.equal(await program(text, '--prot=1'), { code: 2, out: '', err: PROT }, text)
  }
  const { code, err } = await program('await service.run()', '--host=192.0.2.1')
  assert.is(code, 1)
  assert.match(err, /^Can't listen on 192\.0\.2\.1:9000: [^\n]*\n$/)
})

failures('a program that catches what run() throws goes on', async () => {
  const caught = 'await service.run().catch(({ name, code }) => console.log(name, code))\nconsole.log("on")'
  assert.equal(await program(caught, '--prot=1'), {
    code: 0,
    out: 'SettingsError MARA_SETTINGS\non\n',
    err: '',
  })
  const own = "process.on('uncaughtException', ({ code }) => console.log(code))\nvoid service.run()"
  assert.equal(await program(own, '--prot=1'), { code: 0, out: 'MARA_SETTINGS\n', err: '' })
})

failures('an error that has been caught leaves other errors as they are', async () => {
  const later = 'await service.run().catch(() => {})\nthrow new RangeError("boom")'
  const { code, err } = await program(later, '--prot=1')
  assert.is(code, 1)
  assert.match(err, /RangeError: boom\n +at .*program\.js:4/)
})

failures('with --debug the stack is told, too, and the exit code is the same', async () => {
  const { code, err } = await program('await service.run()', '--prot=1', '--debug')
  assert.is(code, 2)
  assert.match(err, /^SettingsError: A setting is wrong:\n.*\n +at /)
})

failures("start() does not decide for the program: what it throws is told by Node's own rules", async () => {
  const { code, err } = await program("await service.start({ port: 'x' })")
  assert.is(code, 1)
  assert.match(err, /SettingsError: A setting is wrong:\n(.*\n)+? +at /)
})

failures(
  'a handler of PreStart that fails keeps the service from starting, and is told with its stack',
  async () => {
    const { code, out, err } = await program(`
    service.listen(events.PreStart, () => { throw new RangeError('no database') })
    service.listen(events.HandlerError, ({ error }) => console.log('told', String(error)))
    service.listen(events.PostStart, () => console.log('started'))
    await service.run({ port: 0 })
  `)
    assert.equal([code, out], [1, 'told RangeError: no database\n'])
    assert.match(err, /RangeError: no database\n +at .*program\.js:4/)
    assert.is(err.match(/no database/g)?.length, 2, 'the line of the source, and the error')
  },
)

failures.run()
