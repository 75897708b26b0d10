import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defineCommand } from '../../lib/cli/command.js'
import { commands } from '../../lib/cli/commands/index.js'
import { commandHelp, generalHelp } from '../../lib/cli/help.js'

const help = suite('cli/help')

const command = defineCommand({
  name: 'make',
  summary: 'Make it.',
  usage: 'DIR',
  details: ['It takes a while. '.repeat(12).trim()],
  options: {
    template: { type: 'string', short: 't', value: 'NAME', description: 'Like which one it is made.' },
    force: { type: 'boolean', description: 'Even where there is one already, '.repeat(4).trim() },
  },
  run: async () => 0,
})

help('the general help lists every command with its usage and summary', () => {
  const text = generalHelp(commands)
  for (const { name, usage, summary } of commands) {
    assert.ok(text.includes(`\n  ${name} ${usage}`), name)
    assert.ok(text.replace(/\s+/g, ' ').includes(summary), name)
  }
})

help("a command's help has its usage, its details and all its options, the common ones last", () => {
  const text = commandHelp(command)
  assert.match(text, /^Usage: mara make \[options\] DIR\n\nMake it\.\n\nIt takes a while\./)
  assert.match(text, /\n {2}-t, --template=NAME {2}Like which one it is made\.\n/)
  assert.match(text, /\n {6}--force {10}Even where/)
  assert.match(text, /\n {2}-h, --help {11}Show this text\.\n {2}-v, --version {8}Show the version\.\n$/)
})

help('a command without options of its own has none in its usage line', () => {
  assert.match(commandHelp({ ...command, options: {} }), /^Usage: mara make DIR\n/)
})

help('no text of help is wider than 80 columns', () => {
  for (const text of [generalHelp(commands), ...[command, ...commands].map(commandHelp)]) {
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
  }
})

help.run()
