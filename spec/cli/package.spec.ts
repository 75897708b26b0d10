// time limit: 600 s
// not measured: it runs the package as it is packed.
/**
 * The package as its users get it: packed, installed into an empty folder by npm, and used there.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../../lib/cli/commands/index.js'
import { commandHelp, generalHelp } from '../../lib/cli/help.js'
import { manifest } from '../../lib/cli/manifest.js'
import { type Template, templates } from '../../lib/cli/templates/index.js'
import { copyOfSource, installed, quiet, sh, succeeds } from '../package/packed.js'
import { ROOT } from '../support/node.js'
import { Peer } from '../support/peer.js'
import { finished, folder, type Result, Run, removeFolders, running } from './support.js'

const packed = suite('the package')

// As `mara init` packs it in a clone: one build for the package and for that.
const clone = copyOfSource()
const cloned = path.join(folder(), 'my-echo')
await succeeds(
  `node --import tsx ${path.join(clone, 'lib/cli/main.ts')} init ${cloned} --template=echo --no-install`,
  ROOT,
)
const vendored = `vendor/${manifest.name}-${manifest.version}.tgz`
const tarball = path.join(cloned, vendored)

// One installation for all that does not change it. It has no tsx, and nobody has said that its files are modules.
const home = await installed([tarball])
const bin = path.join(home, 'node_modules/.bin/mara')
const write = (name: string, text: string) => writeFileSync(path.join(home, name), text)
const mara = (...args: string[]) => finished(new Run(bin, args, { cwd: home, env: quiet }))

const ECHO = `
import { events, Service } from 'mara-ts'

const service = new Service()
service.listen(events.PostStart, () => console.log(\`open \${service.address.port}\`))
service.listen(events.Receive, ({ client, data }) => client.write(data))
await service.run({ log: false })
`

/** Starts a service that says on which port it is open, talks to it, and stops it with Ctrl-C. */
async function answers(
  command: string,
  args: readonly string[],
  cwd: string,
  expected = 'Ann',
): Promise<Result> {
  let result: Result | undefined
  await running(new Run(command, args, { cwd, env: quiet }), async (run) => {
    const [, port] = await run.find(/(?:open|telnet \S+) (\d+)\n/)
    const peer = await Peer.connect({ host: '127.0.0.1', port: Number(port) })
    peer.send('Ann\r\n')
    await peer.until(expected)
    run.interrupt()
    result = await finished(run)
    await peer.closed
  })
  return result as Result
}

packed('has the command, ready to be run, and every command explains itself', async () => {
  assert.ok((statSync(path.join(home, 'node_modules/mara-ts/dist/cli/main.js')).mode & 0o111) !== 0)
  assert.equal(await mara('--version'), { code: 0, out: `${manifest.version}\n`, err: '' })
  assert.equal(await mara('--help'), { code: 0, out: generalHelp(commands), err: '' })
  for (const command of commands) {
    assert.equal(await mara(command.name, '--help'), { code: 0, out: commandHelp(command), err: '' })
  }
  assert.is((await succeeds('npm exec --offline -- mara --version', home)).out, `${manifest.version}\n`)
})

packed('holds nothing that is not built', () => {
  const inside = readdirSync(path.join(home, 'node_modules/mara-ts'))
  assert.equal(inside.sort(), ['LICENSE', 'dist', 'package.json'])
})

packed('serves a program in plain Node', async () => {
  write('echo.mjs', ECHO)
  assert.is((await answers(process.execPath, ['echo.mjs', '--port=0'], home)).code, 0)
})

packed('runs a program by mara run, and shows its settings by mara settings', async () => {
  write('echo.mjs', ECHO)
  assert.is((await answers(bin, ['run', 'echo.mjs', '--port=0'], home)).code, 0)
  const { code, out, err } = await mara('settings', 'echo.mjs', '--port=7000')
  assert.equal([code, err], [0, ''])
  assert.match(out, /^port\t7000\tflag --port\nhost\t127\.0\.0\.1\tdefault\n/)
})

packed('has types that hold without a look away, and refuse what is wrong', async () => {
  const program = `
    import { events, Service } from 'mara-ts'
    const service = new Service<{ name?: string }>()
    service.listen(events.Receive, ({ client, data }) => {
      const line: string = data
      client.state.name = line
      client.write(line)
    })
    await service.start({ port: 0 })
  `
  const tsconfig = {
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
      typeRoots: [path.join(ROOT, 'node_modules/@types')],
    },
  }
  write('right.mts', program)
  write('wrong.mts', program.replace('port: 0', "port: 'x'").replace('name = line', 'name = 5'))
  write('tsconfig.json', JSON.stringify({ ...tsconfig, files: ['right.mts', 'wrong.mts'] }))
  const { out } = await sh(`${path.join(ROOT, 'node_modules/.bin/tsc')} -p . --pretty false`, home)
  assert.is(out.match(/^wrong\.mts\(.*error TS2322/gm)?.length, 2, out)
  assert.is(out.match(/error TS/g)?.length, 2, out)
})

packed('tells each failure as it is, with an exit code for it', async () => {
  write('echo.mjs', ECHO)
  write('bad.mjs', 'const a = 1\nconst = 3\n')
  write('importer.mjs', "import './bad.mjs'\n")
  write('names.mjs', "import { nothing } from 'mara-ts'\n")
  write('package.mjs', "import 'no-such-package'\n")
  write('boom.mjs', "throw new RangeError('boom')\n")
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo

  const expected: readonly [args: string[], code: number, err: RegExp][] = [
    [[], 2, /^Usage: mara COMMAND/],
    [['rnu'], 2, /^mara: unknown command "rnu"\. Did you mean mara run\?/],
    [['run'], 2, /^mara run: FILE is missing\./],
    [['init', 'x', '--tempalte=chat'], 2, /Did you mean --template\?/],
    [['run', 'ehco.mjs'], 1, /^There is no file ehco\.mjs\. Did you mean echo\.mjs\?\n$/],
    [['run', 'echo.mjs', '--prot=1'], 2, /^A setting is wrong:\n {2}prot .* did you mean --port\?\n$/],
    [['settings', 'echo.mjs', '--prot=1'], 2, /^A setting is wrong:\n {2}prot .* did you mean --port\?\n$/],
    [['run', 'echo.mjs', `--port=${port}`], 1, /^Can't listen on 127\.0\.0\.1:\d+: .*\n$/],
    [['run', 'bad.mjs'], 1, /bad\.mjs:2\nconst = 3\n {6}\^\n\nSyntaxError: Unexpected token '='\n$/],
    [
      ['run', 'importer.mjs'],
      1,
      /^SyntaxError: Unexpected token '='\nThe error is in a file that .*importer\.mjs imports/,
    ],
    [['run', 'names.mjs'], 1, /names\.mjs:1\n.*\n.*\nSyntaxError: .*'nothing'\n$/],
    [
      ['run', 'package.mjs'],
      1,
      /^Cannot find package 'no-such-package' .*\nIs it installed\? \(npm install\)\n$/,
    ],
    [['run', 'boom.mjs'], 1, /^RangeError: boom\n +at .*boom\.mjs:1/],
  ]
  for (const [args, code, err] of expected) {
    const result = await mara(...args)
    assert.equal([result.code, result.out], [code, ''], args.join(' '))
    assert.match(result.err, err, args.join(' '))
  }
  server.close()
})

packed('runs TypeScript without tsx where Node can, and else says what is missing', async () => {
  write('echo.mts', ECHO.replace('service.address.port', 'service.address!.port as number'))
  if ((process.features as { typescript?: string | false }).typescript) {
    assert.is((await answers(bin, ['run', 'echo.mts', '--port=0'], home)).code, 0)
  } else {
    const { code, err } = await mara('run', 'echo.mts', '--port=0')
    assert.is(code, 1)
    assert.match(err, /echo\.mts is TypeScript, which Node .* can't run by itself\. Install tsx .*\n$/)
  }
})

const dependenciesOf = (project: string): Record<string, string> =>
  JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')).dependencies

/**
 * As a new user does: an empty folder, the package in it, and the command. No terminal is attached. What npm has installed for
 * the first project, which needs the most, will do for the others.
 */
async function project({ name }: Template): Promise<string> {
  const [dir, installed] = [name, first].map((name) => path.join(home, `my-${name}`)) as [string, string]
  const shares = dir !== installed
  const flags = shares ? ' --no-install' : ''
  const made = await succeeds(`${shares ? bin : 'npx mara'} init my-${name} --template=${name}${flags}`, home)
  assert.match(made.err, /did not come from a registry.*file:vendor\/mara-ts-.*\.tgz\n/)
  assert.match(made.out, /\n {2}npm start /)
  if (shares) {
    assert.equal({ ...dependenciesOf(installed), ...dependenciesOf(dir) }, dependenciesOf(installed))
    symlinkSync(path.join(installed, 'node_modules'), path.join(dir, 'node_modules'))
  } else assert.match(made.err, /\nInstalling packages: npm install\n/)
  return dir
}

const byNeeds = [...templates].sort((a, b) => (b.packages?.length ?? 0) - (a.packages?.length ?? 0))
const [{ name: first }] = byNeeds as [Template, ...Template[]]
for (const template of byNeeds) {
  packed(`makes a project from ${template.name}: init, test, start`, async () => {
    const dir = await project(template)
    const tested = await succeeds('npm test', dir)
    assert.match(tested.out, /pass [1-9]/)
    assert.match(tested.out, /fail 0\n/)
    await answers('npm', ['start', '--', '--port=0'], dir)
  })
}

packed('makes projects whose tests see a service that does wrong', async () => {
  const dir = path.join(home, 'my-echo')
  writeFileSync(
    path.join(dir, 'src/service.ts'),
    "import { Service } from 'mara-ts'\nexport const makeService = () => new Service()\nmakeService().clients.size\n",
  )
  const { code, out } = await sh('npm test', dir)
  assert.is(code, 1)
  assert.match(out, /fail [1-9]/)
})

packed(
  'makes a project that stands on its own: change a line, move it, install it anew, see the line',
  async () => {
    const dir = path.join(home, `my-${first}`)
    const file = path.join(dir, 'src/service.ts')
    // Directly after the service is made, so that no flow of logging in comes first.
    const greeting = "service.listen(events.Connect, ({ client }) => client.write('Hello from me, Ann'))"
    const changed = readFileSync(file, 'utf8').replace(/^ {2}const service = .*$/m, `$&\n${greeting}`)
    assert.match(changed, greeting)
    writeFileSync(file, changed)
    // It works elsewhere, and where the package came from is gone.
    const elsewhere = path.join(folder(), 'moved')
    renameSync(dir, elsewhere)
    rmSync(path.join(elsewhere, 'node_modules'), { recursive: true })
    await succeeds('npm ci --no-audit --no-fund', elsewhere)
    const { err } = await answers('npm', ['start', '--', '--port=0'], elsewhere, 'Hello from me, Ann')
    // npm itself may end by the signal; what it runs must not.
    assert.match(err, /No longer listening/)

    const { out } = await succeeds('npx mara settings src/main.ts --port=7000', elsewhere)
    assert.match(out, /^port\t7000\tflag --port\n/)
  },
)

packed('makes a project from a clone: the copy is built and packed', async () => {
  assert.is(dependenciesOf(cloned)[manifest.name], `file:${vendored}`)
  const { out } = await succeeds(`tar tzf ${vendored}`, cloned)
  assert.match(out, /^package\/dist\/cli\/main\.js$/m)
})

packed('asks on a terminal which template it shall be', async () => {
  // util-linux's script gives a command a terminal of its own.
  if ((await sh('script --version', home)).code !== 0) return
  const command = `${bin} init asked --no-install`
  const { out } = await succeeds(`printf '2\\n' | script -qec '${command}' /dev/null`, home)
  assert.match(out, /Which template\?/)
  assert.match(out, /from the template echo:/)
})

// Here and not at the exit, which is to be quick once the totals are told.
packed.after(removeFolders)

packed.run()
