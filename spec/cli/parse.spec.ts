import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Command, defineCommand, type Invocation } from '../../lib/cli/command.js'
import { UsageError } from '../../lib/cli/errors.js'
import { parse, readUsage } from '../../lib/cli/parse.js'

const parsing = suite('cli/parse')

function command(usage: string): Command {
  return defineCommand({
    name: 'make',
    summary: 'Make it.',
    usage,
    options: {
      force: { type: 'boolean', short: 'f', description: 'Even so.' },
      template: { type: 'string', short: 't', value: 'NAME', description: 'Like which.' },
    },
    run: async () => 0,
  })
}

function read(usage: string, ...words: string[]): Omit<Invocation, 'io'> {
  const parsed = parse(command(usage), words)
  if ('asks' in parsed) throw new Error(`it asks for ${parsed.asks}`)
  return parsed
}

function refusal(usage: string, ...words: string[]): string {
  try {
    read(usage, ...words)
  } catch (error) {
    assert.instance(error, UsageError)
    assert.is((error as UsageError).command, 'make')
    return (error as Error).message
  }
  throw new Error('it was taken')
}

parsing('a usage names the operands that are needed, those that are not, and whether settings follow', () => {
  assert.equal(readUsage(''), { needed: [], optional: [], passesOn: false })
  assert.equal(readUsage('FILE [settings]'), { needed: ['FILE'], optional: [], passesOn: true })
  assert.equal(readUsage('FROM [TO]'), { needed: ['FROM'], optional: ['TO'], passesOn: false })
})

parsing(
  'options stand before and after operands, and have their values beside them or behind an equals sign',
  () => {
    const expected = { operands: ['a'], options: { force: true, template: 'chat' }, settings: [] }
    assert.equal(read('DIR', 'a', '--force', '--template', 'chat'), expected)
    assert.equal(read('DIR', '-f', '--template=chat', 'a'), expected)
    assert.equal(read('DIR', '-ft', 'chat', '--', 'a'), expected)
  },
)

parsing('a switch that is not given is false, a string that is not given undefined', () => {
  assert.equal(read('DIR', 'a').options, { force: false, template: undefined })
})

parsing('what follows the operands of a program is handed on untouched', () => {
  const words = ['--port=7000', '-f', '--help', '--', 'a.yaml', '--template']
  const { operands, options, settings } = read('FILE [settings]', '--force', 'chat.ts', ...words)
  assert.equal(operands, ['chat.ts'])
  assert.equal(options, { force: true, template: undefined })
  assert.equal(settings, words)
})

parsing('no word of a program is lost, changed or read, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      assert.equal(read('FILE [settings]', '-t', 'x', 'chat.ts', ...words).settings, words)
    }),
  )
})

parsing('an operand that is the value of an option is not taken for the program', () => {
  const { operands, options, settings } = read('FILE [settings]', '--template', 'echo', 'chat.ts', 'x')
  assert.equal([operands, options.template, settings], [['chat.ts'], 'echo', ['x']])
})

parsing(
  'help and version are asked for anywhere but among the settings, and then nothing else need be right',
  () => {
    assert.equal(parse(command('DIR'), ['--help']), { asks: 'help' })
    assert.equal(parse(command('DIR'), ['a', 'b', '--nonsense', '-h']), { asks: 'help' })
    assert.equal(parse(command('FILE [settings]'), ['--version']), { asks: 'version' })
    assert.equal(read('FILE [settings]', 'chat.ts', '--version').settings, ['--version'])
  },
)

parsing('a missing operand is named, and so is one too many', () => {
  assert.is(refusal('FROM TO'), 'mara make: FROM is missing.')
  assert.is(refusal('FROM TO', 'a'), 'mara make: TO is missing.')
  assert.is(refusal('FROM TO', '', 'b'), 'mara make: FROM is missing.')
  assert.is(refusal('DIR', 'a', 'b'), 'mara make: "b" is one argument too many.')
  assert.equal(read('DIR [OTHER]', 'a', 'b').operands, ['a', 'b'])
  assert.is(refusal('FILE [settings]', '--force'), 'mara make: FILE is missing.')
})

parsing('an unknown option names the one that was meant', () => {
  assert.is(
    refusal('DIR', '--tempalte=x', 'a'),
    'mara make: unknown option --tempalte. Did you mean --template?',
  )
  assert.is(refusal('DIR', '--zzz', 'a'), 'mara make: unknown option --zzz.')
  assert.is(refusal('DIR', '-x', 'a'), 'mara make: unknown option -x.')
})

parsing(
  'an unknown option before a program may be one of its settings: the message says where these stand',
  () => {
    assert.is(
      refusal('FILE [settings]', '--port=7000', 'chat.ts'),
      'mara make: unknown option --port. What the program is to get stands behind FILE.',
    )
    assert.is(
      refusal('FILE [settings]', '--forse', 'chat.ts'),
      'mara make: unknown option --forse. Did you mean --force?',
    )
  },
)

parsing('a switch takes no value, and a string needs one that is no option', () => {
  assert.is(refusal('DIR', 'a', '--force=yes'), 'mara make: --force takes no value.')
  for (const words of [['--template'], ['--template='], ['--template', '--force']]) {
    assert.is(refusal('DIR', 'a', ...words), 'mara make: --template needs a value: --template=NAME')
  }
  assert.is(refusal('DIR', 'a', '-t'), 'mara make: -t needs a value: --template=NAME')
})

parsing('the last one of an option given twice wins', () => {
  assert.is(read('DIR', 'a', '--template=x', '--template=y').options.template, 'y')
})

parsing.run()
