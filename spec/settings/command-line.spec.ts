import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { readCommandLine } from '../../lib/settings/command-line.js'
import { secret } from '../../lib/settings/core.js'
import { describeProblem } from '../../lib/settings/errors.js'
import { defineSettings } from '../../lib/settings/schema.js'

const commandLine = suite('settings/command-line')
const { fields } = defineSettings({ token: secret(z.string().optional()), offset: z.int().default(0) })

function read(...argv: string[]) {
  const { given, problems, files, help } = readCommandLine(argv, fields)
  return {
    values: given.map(({ field, readings }) => [field.name, readings[0]]),
    problems: problems.map(describeProblem),
    files,
    help,
  }
}

commandLine('reads --name=value and --name value', () => {
  assert.equal(read('--port=7000', '--host', '0.0.0.0').values, [
    ['port', 7000],
    ['host', '0.0.0.0'],
  ])
  assert.equal(read('--host=a=b').values, [['host', 'a=b']])
  assert.equal(read('--offset=-5').values, [['offset', -5]])
  assert.equal(read('--host', '-').values, [['host', '-']])
})

commandLine('reads switches, alone, negated, or with a word for true or false', () => {
  assert.equal(read('--raw', '--no-telnet').values, [
    ['raw', true],
    ['telnet', false],
  ])
  assert.equal(read('--raw', 'no', '--telnet=0').values, [
    ['raw', false],
    ['telnet', false],
  ])
  assert.equal(read('--raw', 'chat.yaml').files, ['chat.yaml'])
})

commandLine('reads --log with channels, alone, and negated', () => {
  assert.equal(read('--log=service,client').values, [['log', ['service', 'client']]])
  assert.equal(read('--log', 'service,client').values, [['log', ['service', 'client']]])
  assert.equal(read('--log').values, [['log', true]])
  assert.equal(read('--no-log').values, [['log', false]])
  assert.equal(read('--log', '--raw').values, [
    ['log', true],
    ['raw', true],
  ])
  assert.equal(read('--log', 'chat.yaml'), {
    values: [['log', true]],
    problems: [],
    files: ['chat.yaml'],
    help: false,
  })
})

commandLine('gives a flag written twice in order, so that the last wins', () => {
  assert.equal(read('--port=1', '--port', '2').values, [
    ['port', 1],
    ['port', 2],
  ])
})

commandLine('takes paths of settings files anywhere, and every word after -- for one', () => {
  assert.equal(read('a.json', '--port=1', 'b.yml', '--', '--raw', '-x', 'c').files, [
    'a.json',
    'b.yml',
    '--raw',
    '-x',
    'c',
  ])
})

commandLine('knows --help and -h, but not after -- and not as a value', () => {
  for (const argv of [['--help'], ['--port', '-h'], ['--nonsense', '--host', '--help'], ['--token', '-h']]) {
    assert.ok(readCommandLine(argv, fields).help, argv.join(' '))
    // Whoever does not know the program's settings yet sees the same.
    assert.ok(readCommandLine(argv).help, argv.join(' '))
  }
  for (const argv of [['--', '--help'], ['--host=--help'], []]) {
    assert.not.ok(readCommandLine(argv, fields).help, argv.join(' '))
    assert.not.ok(readCommandLine(argv).help, argv.join(' '))
  }
})

commandLine('knows --debug, which is no setting', () => {
  const { debug, given, problems } = readCommandLine(['--debug', '--port=1'], fields)
  assert.equal([debug, given.length, problems], [true, 1, []])
  assert.not.ok(readCommandLine(['--', '--debug'], fields).debug)
  assert.is(readCommandLine(['--debug=yes'], fields).problems.length, 1)
})

commandLine('names an unknown flag, suggests the nearest, and swallows its value', () => {
  assert.equal(read('--prot', '7000').problems, ['prot (flag --prot): no such setting; did you mean --port?'])
  assert.equal(read('--max-line-length=1').problems, [
    'max-line-length (flag --max-line-length): no such setting; did you mean --maxLineLength?',
  ])
  assert.equal(read('--no-telnt').problems, [
    'no-telnt (flag --no-telnt): no such setting; did you mean --telnet?',
  ])
  assert.equal(read('--__proto__=1').problems, ['__proto__ (flag --__proto__): no such setting'])
})

commandLine('names a flag that lacks its value, or must not have one', () => {
  assert.equal(read('--port').problems, [
    'port (flag --port): needs a value: --port=<integer from 0 to 65535>',
  ])
  assert.equal(read('--host', '--raw').problems, [
    'host (flag --host): needs a value: --host=<non-empty string>',
  ])
  assert.equal(read('--offset', '-5').problems.length, 2)
  assert.equal(read('--no-port').problems, [
    'port (flag --no-port): cannot be switched off: it takes integer from 0 to 65535',
  ])
  assert.equal(read('--no-raw=yes').problems, [
    'raw (flag --no-raw): takes no value; write --no-raw or --raw=<boolean>',
  ])
})

commandLine('names a word that is neither a flag nor a file', () => {
  const { problems } = read('--raw', 'may\u001bbe')
  assert.is(problems.length, 1)
  assert.match(problems[0] ?? '', /^the command line: "may\\u001bbe" is neither a flag nor a settings file/)
})

commandLine('asks for the second dash', () => {
  assert.equal(read('-port', '7000').problems, ['port (flag -port): write --port'])
  assert.equal(read('-p7000').problems, ['flag -p: no such flag; flags begin with two dashes'])
  assert.equal(read('-vvv', '--raw').values, [['raw', true]])
})

commandLine('never shows what may be a secret, however its flag was misspelt', () => {
  for (const argv of [
    ['--token=', 'hunter2'],
    ['--token=a', 'hunter2'],
    ['--tokn', 'hunter2'],
    ['--tokn=hunter2'],
    ['-token', 'hunter2'],
    ['-token=hunter2'],
    ['-thunter2'],
    ['--no-token=hunter2'],
    ['--no-token', 'hunter2'],
    ['--unknown', 'hunter2'],
  ]) {
    const { problems } = read(...argv)
    assert.ok(problems.length > 0, argv.join(' '))
    assert.not.match(problems.join('\n'), /hunter2/, argv.join(' '))
  }
})

commandLine('never throws, and loses no word, whatever the command line', () => {
  const known = [...fields.keys()].flatMap((name) => [`--${name}`, `--no-${name}`, `--${name}=1`, `-${name}`])
  const words = [
    '--',
    '-',
    '',
    '--=',
    '---',
    '--=x',
    '-=',
    '--__proto__',
    '--constructor=1',
    'a.json',
    '1',
    'x',
    '-5',
  ]
  const word = fc.oneof(fc.constantFrom(...known), fc.constantFrom(...words), fc.string())
  fc.assert(
    fc.property(fc.array(word), (argv) => {
      const { given, problems, files, help } = readCommandLine(argv, fields)
      // A word may be the value of the one before it, or the terminator; two in a row are never both silent.
      const heard = given.length + problems.length + files.length + Number(help)
      const end = argv.includes('--') ? 1 : 0
      const helps = argv.filter((text) => text === '--help' || /^-h/.test(text)).length
      assert.ok(2 * heard + end + helps >= argv.length, JSON.stringify(argv))
    }),
  )
})

commandLine.run()
