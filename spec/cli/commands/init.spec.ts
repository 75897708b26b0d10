import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runCommandLine } from '../../../lib/cli/cli.js'
import { commands } from '../../../lib/cli/commands/index.js'
import { folder, mara, screen } from '../support.js'

const init = suite('cli/commands/init')

async function run(args: readonly string[], io = screen()) {
  const code = await runCommandLine(['init', '--no-install', '--mara=^1.2.3', ...args], commands, io)
  return { code, out: io.out(), err: io.err() }
}

const read = (dir: string, file: string) => readFileSync(path.join(dir, file), 'utf8')

init('a project is made, and what to do next is told', async () => {
  const dir = path.join(folder(), 'new', 'my-echo')
  const { code, out, err } = await run([dir, '--template=echo'])
  assert.equal([code, err], [0, ''])
  for (const file of [
    'package.json',
    'tsconfig.json',
    '.gitignore',
    'README.md',
    'src/main.ts',
    'src/service.ts',
  ]) {
    assert.ok(out.includes(`\n  ${file}\n`), file)
    assert.ok(existsSync(path.join(dir, file)), file)
  }
  assert.ok(existsSync(path.join(dir, 'spec/service.spec.ts')))
  assert.match(out, /^Made .*my-echo from the template echo:\n/)
  assert.match(
    out,
    /\nNext:\n {2}cd .*my-echo\n {2}npm install .*\n {2}npm start .*\n {2}telnet .*\n {2}npm test .*\n$/,
  )
  const { name, dependencies } = JSON.parse(read(dir, 'package.json'))
  assert.is(name, 'my-echo')
  assert.is(dependencies['mara-ts'], '^1.2.3')
  assert.match(read(dir, 'README.md'), /^# my-echo\n/)
})

init('where nobody can be asked, or wants to be, it is a chat', async () => {
  for (const [args, io] of [
    [[], screen()],
    [['--yes'], screen({ isTTY: true })],
  ] as const) {
    const dir = folder()
    assert.match((await run([dir, ...args], io)).out, /from the template chat:/)
  }
})

init('on a terminal one is asked, unless the template was given', async () => {
  const asked = screen({ isTTY: true })
  const made = run([folder()], asked)
  asked.stdin.write('2\n')
  assert.match((await made).out, /^Which template\?\n.*from the template echo:/s)
  const { out } = await run([folder(), '-t', 'chat'], screen({ isTTY: true }))
  assert.not.match(out, /Which template/)
})

init('a folder that is not empty is left as it is', async () => {
  const dir = folder({ 'a.txt': 'mine', 'b.txt': '', 'c.txt': '', 'd.txt': '' })
  const { code, out, err } = await run([dir])
  assert.equal([code, out], [1, ''])
  assert.is(
    err,
    `The folder ${dir} is not empty: it contains a.txt, b.txt, c.txt and 1 more. Name a new or empty folder.\n`,
  )
  assert.equal(readdirSync(dir).sort(), ['a.txt', 'b.txt', 'c.txt', 'd.txt'])
})

init('nobody is asked for a project that cannot be made', async () => {
  const { code, out } = await run([folder({ 'a.txt': '' })], screen({ isTTY: true }))
  assert.equal([code, out], [1, ''])
})

init('an unknown template is a wrong usage: the nearest is named, or all', async () => {
  const dir = path.join(folder(), 'new')
  const near = await run([dir, '--template=chta'])
  assert.is(near.code, 2)
  assert.is(near.err, 'mara init: unknown template "chta". Did you mean chat?\nFor help: mara init --help\n')
  assert.match((await run([dir, '--template=xylophone'])).err, /The templates are: chat, echo, talker, mud\./)
  assert.not.ok(existsSync(dir))
})

init('the package to depend on can be said: a range, or a path from where the user is', async () => {
  const spec = async (mara: string) => {
    const dir = folder()
    await run([dir, '--mara', mara])
    return JSON.parse(read(dir, 'package.json')).dependencies['mara-ts']
  }
  assert.is(await spec('1.x'), '1.x')
  assert.is(await spec('./a.tgz'), `file:${path.resolve('a.tgz')}`)
})

init('an npm that fails leaves no folder behind, and its message says how to go on without', async () => {
  const dir = path.join(folder(), 'new')
  const home = folder({ npm: '#!/bin/sh\necho "no network" >&2\nexit 1\n' })
  chmodSync(path.join(home, 'npm'), 0o755)
  const env = { PATH: `${home}:${process.env.PATH}` }
  const { code, out, err } = await mara(['init', dir, '--mara=^1.2.3'], { env })
  assert.equal([code, out], [1, ''])
  assert.is(
    err,
    `Installing packages: npm install\nno network\nnpm install ended with exit code 1. See the output of npm above. To make the files now and install later: mara init --no-install\n${dir} is as it was before.\n`,
  )
  assert.not.ok(existsSync(dir))
})

init('in the folder where one is there is nowhere to go first', async () => {
  const before = process.cwd()
  process.chdir(folder())
  try {
    const { out } = await run(['.'])
    assert.match(out, /\nNext:\n {2}npm install/)
  } finally {
    process.chdir(before)
  }
})

init('a path with spaces can be copied to a shell', async () => {
  const dir = path.join(folder(), 'my chat')
  assert.ok((await run([dir])).out.includes(`\n  cd "${dir}"\n`))
})

init('a folder with nothing but a repository that was just begun is empty', async () => {
  const dir = folder()
  mkdirSync(path.join(dir, '.git'))
  writeFileSync(path.join(dir, '.git/HEAD'), '')
  assert.is((await run([dir])).code, 0)
})

init.run()
