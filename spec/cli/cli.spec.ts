import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findCommand, runCommandLine } from '../../lib/cli/cli.js'
import { type Command, defineCommand } from '../../lib/cli/command.js'
import { commands } from '../../lib/cli/commands/index.js'
import { commandHelp, generalHelp } from '../../lib/cli/help.js'
import { manifest } from '../../lib/cli/manifest.js'
import { ProgramError } from '../../lib/program/errors.js'
import { mara, screen } from './support.js'

const cli = suite('cli')

function command(name: string, run: Command['run'] = async () => 0): Command {
  return defineCommand({ name, summary: 'Do it.', usage: '[WHAT]', options: {}, run })
}

async function run(words: readonly string[], known: readonly Command[] = commands) {
  const io = screen()
  const code = await runCommandLine(words, known, io)
  return { code, out: io.out(), err: io.err() }
}

cli('--help and --version are answered on stdout, with exit code 0', async () => {
  for (const words of [['--help'], ['-h'], ['help'], ['help', '--help'], ['help', 'help']]) {
    assert.equal(await run(words), { code: 0, out: generalHelp(commands), err: '' })
  }
  for (const words of [['--version'], ['-v'], ['run', '--version'], ['init', '-v']]) {
    assert.equal(await run(words), { code: 0, out: `${manifest.version}\n`, err: '' })
  }
})

cli('every command tells of itself by --help and by help', async () => {
  for (const one of commands) {
    const expected = { code: 0, out: commandHelp(one), err: '' }
    assert.equal(await run([one.name, '--help']), expected)
    assert.equal(await run(['help', one.name]), expected)
  }
})

cli('nothing at all is a wrong usage, answered with the help on stderr', async () => {
  assert.equal(await run([]), { code: 2, out: '', err: generalHelp(commands) })
})

cli('an unknown command is a wrong usage, and the nearest one is named', async () => {
  const { code, out, err } = await run(['rnu', 'chat.ts'])
  assert.equal([code, out], [2, ''])
  assert.is(err, 'mara: unknown command "rnu". Did you mean mara run?\nFor help: mara --help\n')
  assert.match((await run(['help', 'setings'])).err, /Did you mean mara settings\?/)
  assert.not.match((await run(['xylophone'])).err, /Did you mean/)
  assert.not.match((await run(['x'])).err, /Did you mean/)
})

cli('a program in the place of a command is told how to run it', async () => {
  const { code, err } = await run(['chat.ts'])
  assert.is(code, 2)
  assert.match(err, /^mara: chat\.ts is not a command\. To run a program: mara run chat\.ts\n/)
})

cli('an unknown option before a command is a wrong usage', async () => {
  const { code, err } = await run(['--port=7000', 'run'])
  assert.is(code, 2)
  assert.match(err, /^mara: unknown option --port=7000 before a command\.\n/)
})

cli('help explains one command at a time', async () => {
  assert.is((await run(['help', 'run', 'init'])).code, 2)
})

cli("a command's own exit code is the result, and so is its wish to let the process be", async () => {
  for (const code of [0, 1, undefined]) {
    assert.is((await run(['go'], [command('go', async () => code)])).code, code)
  }
})

cli('a wrong usage ends with 2 and points to the help of its command', async () => {
  const { code, err } = await run(['go', 'a', 'b'], [command('go')])
  assert.is(code, 2)
  assert.is(err, 'mara go: "b" is one argument too many.\nFor help: mara go --help\n')
})

cli('an error of ours ends with 1 and is told by its message, any other by its stack', async () => {
  const fails = (error: unknown) => command('go', () => Promise.reject(error))
  assert.equal(await run(['go'], [fails(new ProgramError('It is not there.'))]), {
    code: 1,
    out: '',
    err: 'It is not there.\n',
  })
  const { code, err } = await run(['go'], [fails(new RangeError('boom'))])
  assert.is(code, 1)
  assert.match(err, /^RangeError: boom\n {4}at .*cli\.spec\.[jt]s/)
})

cli('commands have names of their own', () => {
  for (const one of commands) assert.is(findCommand(one.name, commands), one)
})

cli('the process ends with the exit code, and its output is whole', async () => {
  assert.equal(await mara(['--help']), { code: 0, out: generalHelp(commands), err: '' })
  const { code, out, err } = await mara(['rum'])
  assert.equal([code, out], [2, ''])
  assert.match(err, /Did you mean mara run\?/)
})

cli.run()
