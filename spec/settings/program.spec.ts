import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readProgramSource } from '../../lib/settings/program.js'
import { defineSettings } from '../../lib/settings/schema.js'

const program = suite<{ folder: string }>('settings/program')
const { fields } = defineSettings()

program.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'mara-settings-'))
})
program.after(({ folder }) => rm(folder, { recursive: true }))

async function read(source: unknown) {
  const { given, problems } = await readProgramSource(source, 2, fields)
  return {
    values: Object.fromEntries(given.map(({ field, readings }) => [field.name, readings[0]])),
    kinds: [...new Set([...given, ...problems].map(({ origin }) => `${origin.kind} ${origin.where}`))],
    problems: problems.map(({ name, message }) => `${name}: ${message}`),
  }
}

async function imported(folder: string, name: string, text: string): Promise<unknown> {
  const path = join(folder, name)
  await writeFile(path, text)
  return import(pathToFileURL(path).href)
}

program('reads an object, where undefined counts as not given', async () => {
  const { values, kinds, problems } = await read({ port: 1, host: undefined, nothing: undefined })
  assert.equal(values, { port: 1 })
  assert.equal(kinds, ['program source 2'])
  assert.equal(problems, [])
})

program("reads a module's named exports", async ({ folder }) => {
  const module = await imported(folder, 'named.mjs', 'export const port = 7000; export const raw = true')
  const { values, kinds } = await read(module)
  assert.equal(values, { port: 7000, raw: true })
  assert.equal(kinds, ['module source 2'])
})

program("reads a module's default export in place of its named ones", async ({ folder }) => {
  const module = await imported(
    folder,
    'default.mjs',
    'export const helper = 1; export default { port: 7000 }',
  )
  assert.equal((await read(module)).values, { port: 7000 })
  assert.equal((await read(module)).problems, [])
})

program('reads a module that was compiled to CommonJS', async ({ folder }) => {
  const real = await imported(folder, 'exports.cjs', 'exports.port = 7000')
  assert.equal((await read(real)).values, { port: 7000 })
  const compiled = Object.defineProperty({ port: 7000 }, '__esModule', { value: true })
  const { values, kinds } = await read(compiled)
  assert.equal(values, { port: 7000 })
  assert.equal(kinds, ['module source 2'])
  assert.equal((await read({ __esModule: true, port: 1 })).problems, [])
})

program('names an export that is no setting', async ({ folder }) => {
  const module = await imported(folder, 'unknown.mjs', 'export const prot = 7000')
  assert.equal((await read(module)).problems, ['prot: no such setting; did you mean port?'])
})

program('refuses a default export or a source that is no object, without showing it', async ({ folder }) => {
  const module = await imported(folder, 'text.mjs', 'export default () => "hunter2"')
  for (const [source, kind] of [
    [module, 'function'],
    [['hunter2'], 'array'],
    [null, 'null'],
    [7000, 'number'],
  ] as const) {
    const { problems } = await read(source)
    assert.equal(problems, [`: expected an object of settings, a module or the path of a file, got ${kind}`])
  }
})

program('reads the file that a path names', async ({ folder }) => {
  const path = join(folder, 'a.yaml')
  await writeFile(path, 'port: 7000')
  const { values, kinds } = await read(path)
  assert.equal(values, { port: 7000 })
  assert.equal(kinds, [`file ${path}`])
})

program('takes a __proto__ of its own for an unknown setting, and an inherited one for nothing', async () => {
  assert.equal((await read(JSON.parse('{"__proto__":{"port":1}}'))).problems, ['__proto__: no such setting'])
  assert.equal((await read(Object.create({ port: 1 }))).values, {})
  assert.equal((await read(Object.assign(Object.create(null), { port: 1 }))).values, { port: 1 })
})

program.run()
