// time limit: 900 s
// not measured: it runs the package as it is packed.
/**
 * The package as others see it: checked by their tools, used from each kind of module, and weighed. The command and the
 * templates have a spec of their own, spec/cli/package.spec.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { finished, Run, removeFolders } from '../cli/support.js'
import { ROOT } from '../support/node.js'
import { entries, loadedBy, manifest, sizes } from './loaded.js'
import { installed, pack, quiet, sh, succeeds } from './packed.js'

const packaged = suite('the package, as others see it')

const tarball = await pack()
const home = await installed([tarball])
const bin = (name: string): string => path.join(ROOT, 'node_modules/.bin', name)

/** Runs a program in plain Node; what it says to stderr is shown if it fails. */
async function node(name: string, text: string): Promise<string> {
  writeFileSync(path.join(home, name), text)
  const { code, out, err } = await finished(new Run(process.execPath, [name], { cwd: home, env: quiet }))
  assert.is(code, 0, `${name}\n${out}\n${err}`)
  assert.is(err, '', name)
  return out
}

// --- Tools of others

packaged('publint has nothing to say', async () => {
  const { out } = await succeeds(`${bin('publint')} run --strict ${tarball}`, home)
  assert.match(out, 'All good!')
})

packaged('attw finds the types of every entry point, imported and required', async () => {
  // node10 knows no subpaths. That CommonJS gets an ES module is meant: Node can require one.
  const options = '--profile node16 --ignore-rules cjs-resolves-to-esm --format json --no-definitely-typed'
  const { out } = await succeeds(`${bin('attw')} ${tarball} ${options}`, home)
  const { analysis } = JSON.parse(out)
  const checked = Object.entries<{ resolutions: Record<string, { resolution?: { isTypeScript: boolean } }> }>(
    analysis.entrypoints,
  )
  for (const entry of entries) {
    const found = checked.find(([subpath]) => path.posix.join(manifest.name, subpath) === entry)
    const resolutions = found?.[1].resolutions ?? {}
    for (const kind of ['node16-cjs', 'node16-esm', 'bundler']) {
      assert.ok(resolutions[kind]?.resolution?.isTypeScript, `${entry}, ${kind}`)
    }
  }
})

// --- Ways to use it

/** A chat with itself, with what most programs import; `{import}` is replaced by each kind of module's own way. */
const PROGRAM = `
async function main() {
  const service = new Service()
  service.listen(events.Receive, ({ client, data }) => client.write(bold\`You said \${data}\`))
  await service.start({ port: 0, log: false })
  const ann = await connectTo(service, { name: 'ann' })
  ann.type('hello')
  await ann.sees('You said hello')
  await ann.leave()
  await service.stop()
  console.log('done')
}
main()
`

const NAMES: [names: string, entry: string][] = [
  ['events, Service', 'mara-ts'],
  ['bold', 'mara-ts/styles'],
  ['connectTo', 'mara-ts/testing'],
]

const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  skipLibCheck: false,
  types: ['node'],
  typeRoots: [path.join(ROOT, 'node_modules/@types')],
}

packaged('is imported by JavaScript', async () => {
  const imports = NAMES.map(([names, entry]) => `import { ${names} } from '${entry}'`).join('\n')
  assert.is(await node('imports.mjs', imports + PROGRAM), 'done\n')
})

packaged('is required by CommonJS', async () => {
  const imports = NAMES.map(([names, entry]) => `const { ${names} } = require('${entry}')`).join('\n')
  // Node 20 and early versions of 22 warn that it is experimental to require an ES module.
  const silence = "process.on('warning', () => {}).removeAllListeners('warning')\n"
  assert.is(await node('requires.cjs', silence + imports + PROGRAM), 'done\n')
})

packaged('every entry point can be imported and required, and is the same module both ways', async () => {
  const out = await node(
    'all.cjs',
    `process.removeAllListeners('warning')
    const both = async (entry) => {
      const [required, imported] = [require(entry), await import(entry)]
      return Object.keys(imported).every((name) => imported[name] === required[name])
    }
    Promise.all(${JSON.stringify(entries)}.map(both)).then((all) => console.log(all.join()))`,
  )
  assert.is(out, `${entries.map(() => 'true').join()}\n`)
})

packaged('is used by TypeScript, as ESM and as CommonJS', async () => {
  const compilerOptions = { ...COMPILER_OPTIONS, outDir: 'built' }
  const imports = NAMES.map(([names, entry]) => `import { ${names} } from '${entry}'`).join('\n')
  const files = ['typed.mts', 'typed.cts']
  for (const file of files) writeFileSync(path.join(home, file), imports + PROGRAM)
  writeFileSync(path.join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  assert.equal(await sh(`${bin('tsc')} -p .`, home), { code: 0, out: '', err: '' })
  for (const file of ['built/typed.mjs', 'built/typed.cjs']) {
    const run = new Run(process.execPath, ['--no-warnings', file], { cwd: home, env: quiet })
    assert.equal(await finished(run), { code: 0, out: 'done\n', err: '' }, file)
  }
})

/** By file: programs that compile as they stand. The compiler gets all at once: it spends its time on what they import. */
const TYPED: Readonly<Record<string, string>> = {
  'states.mts': `
  import { ClientContainer, Service } from 'mara-ts'
  interface State { n: number }
  const service = new Service<State>()
  service.filterAll = ({ state }) => state.n > 1
  service.writeAll('hello', { filter: ({ state }) => state.n > 2 })
  export function take(_service: Service, _container: ClientContainer): void {}
  take(service, new ClientContainer<State>())
  `,
  'undefined.mts': `
  import { events, type ServiceOptions, Service, tcp, unix, websocket } from 'mara-ts'
  import { CommandRegistry, standardCommands } from 'mara-ts/contrib/commands'
  import { directedAction } from 'mara-ts/contrib/language'
  import { hr, wrap } from 'mara-ts/styles'
  import { connectAs, connectTo } from 'mara-ts/testing'
  export function use(none: undefined, options: ServiceOptions): void {
    const service = new Service({ clock: options.clock, texts: options.texts, telnetOptions: none, standalone: none })
    service.listen(events.Connect, ({ client }) => client.write('hello', { newline: none }))
    service.writeAll('hello', { newline: none, exclude: none, filter: none })
    service.timer({ weekday: 'monday', hour: none, timeZone: none }, () => {}, { late: none })
    service.timer({ cron: '@daily', timeZone: none }, () => {})
    void service.start({ servers: [tcp({ port: none, host: none, raw: none }), unix({ path: '/x', raw: none })] })
    void service.start({ servers: none, port: none })
    void service.stop({ drain: none })
    websocket({ port: none, cert: none, passphrase: none, origins: none })
    const commands = new CommandRegistry(service, { types: none })
    standardCommands(commands, { canRestart: none })
    commands.register('look', { help: none, group: none, syntax: none, can: none }, () => {})
    hr('title', { sequence: none, style: none })
    wrap('text', { width: none, indent: none, hanging: none })
    directedAction('dance', [{ name: 'ann', pronouns: none }], { socials: none })
    void connectTo(service, { name: none, transcript: none })
    void connectAs({ name: 'mine', enter: '\\n', performs: none, keyByKey: none }, service)
  }
  `,
}

const compiled = (async () => {
  const files = Object.keys(TYPED)
  for (const file of files) writeFileSync(path.join(home, file), TYPED[file] as string)
  const compilerOptions = { ...COMPILER_OPTIONS, exactOptionalPropertyTypes: true, noEmit: true }
  writeFileSync(path.join(home, 'types.json'), JSON.stringify({ compilerOptions, files }))
  return sh(`${bin('tsc')} -p types.json --pretty false`, home)
})()

/** An error elsewhere, as in the types of the package, is every program's. */
async function compiles(file: string): Promise<void> {
  const { out } = await compiled
  const others = Object.keys(TYPED).filter((name) => name !== file)
  assert.equal(
    out.split('\n').filter((line) => line !== '' && !others.some((name) => line.startsWith(name))),
    [],
  )
}

packaged(
  'a service and a container of any state can be passed where one of no particular state is expected',
  () => compiles('states.mts'),
)

packaged('an option that is undefined counts as not given, for strict types as well', () =>
  compiles('undefined.mts'),
)

packaged('says what to install where an optional package is missing', async () => {
  const out = await node(
    'optional.mjs',
    `import { Stores } from 'mara-ts/storage'
    for (const store of ['sqlite', 'redis://127.0.0.1']) {
      await new Stores().open(store).catch((error) => console.log(error.code, error.message))
    }`,
  )
  const [sqlite, redis] = out.split('\n') as [string, string]
  assert.match(sqlite, /^MARA_BACKEND_SETTING .*npm install db0/)
  assert.match(redis, /^MARA_BACKEND_SETTING .*npm install unstorage ioredis/)
})

// --- Weight

const page = readFileSync(path.join(ROOT, 'docs/package.md'), 'utf8')

/** Rows of the page's tables as cells, by what is in the first one. */
function rows(first: RegExp): string[][] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1))
    .filter(([cell = '']) => first.test(cell))
}

/** Up to a fifth more than a page says, or less than half: then it says something wrong. */
function isNear(value: number, said: string | undefined, what: string): void {
  const stated = Number(said)
  assert.ok(
    value <= stated * 1.2 && value >= stated / 2,
    `${what}: docs/package.md says ${said}, it is ${value}`,
  )
}

packaged('docs/package.md lists every entry point', () => {
  assert.equal(
    rows(/^`mara-ts/).map(([entry]) => entry),
    entries.map((entry) => `\`${entry}\``),
  )
})

for (const [cell = '', packages = '', files, kB] of rows(/^`mara-ts/)) {
  const entry = cell.replaceAll('`', '')
  packaged(`${entry} loads what docs/package.md says, and no more`, async () => {
    const loaded = await loadedBy(entry, home)
    assert.is(loaded.dependencies.join(', ') || '-', packages)
    // Each of these takes time at every start, and most programs need none.
    for (const heavy of ['pino-pretty', 'yaml', 'ws', ...(entry === 'mara-ts/streams' ? [] : ['ix'])]) {
      assert.not.ok(loaded.packages.includes(heavy), heavy)
    }
    isNear(loaded.files, files, `files of ${entry}`)
    isNear(loaded.kB, kB, `kB of ${entry}`)
  })
}

packaged('the mara command loads what a command needs when that runs, and not before', async () => {
  const commands = path.join(home, `node_modules/${manifest.name}/dist/cli/commands/index.js`)
  const { dependencies, files } = await loadedBy(commands, home)
  assert.equal(dependencies, ['leven', 'string-width'])
  assert.ok(files < 100, `${files} files`)
})

packaged('npm installs what docs/package.md says', () => {
  const all = sizes(home)
  const [, total = '', count = ''] = /All in all: ([\d,]+) kB in (\d+) packages/.exec(page) ?? []
  isNear(
    [...all.values()].reduce((sum, size) => sum + size),
    total.replace(',', ''),
    'kB in all',
  )
  isNear(all.size, count, 'packages')
  const listed = new Map(
    rows(/^[\w/@.-]+$/)
      .filter(([name = '']) => all.has(name))
      .map(([name, kB]) => [name, kB]),
  )
  for (const [name, kB] of listed) isNear(all.get(name as string) ?? 0, kB, `kB of ${name}`)
  assert.equal(
    [...all].filter(([name, kB]) => kB > 300 && !listed.has(name)),
    [],
  )
})

packaged.after(removeFolders)

packaged.run()
