import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isSettingsFile, readSettingsFile } from '../../lib/settings/file.js'
import { defineSettings } from '../../lib/settings/schema.js'

const file = suite<{ folder: string }>('settings/file')
const { fields } = defineSettings()

file.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'mara-settings-'))
})
file.after(({ folder }) => rm(folder, { recursive: true }))

async function read(folder: string, name: string, text: string | Buffer) {
  const path = join(folder, name)
  await writeFile(path, text)
  const { given, problems } = await readSettingsFile(path, fields)
  return {
    values: Object.fromEntries(given.map(({ field, readings }) => [field.name, readings[0]])),
    problems: problems.map(({ name, message }) => `${name}: ${message}`),
    path,
  }
}

file('reads JSON and YAML', async ({ folder }) => {
  const wanted = { port: 7000, log: ['service', 'client'] }
  for (const [name, text] of [
    ['a.json', JSON.stringify(wanted)],
    ['bom.json', `\ufeff${JSON.stringify(wanted)}`],
    ['a.yaml', '# a comment\nport: 7000\nlog: [service, client]\n'],
    ['a.yml', 'port: 7000\nlog:\n  - service\n  - client\n'],
    ['A.YAML', JSON.stringify(wanted)],
  ] as const) {
    assert.equal((await read(folder, name, text)).values, wanted, name)
  }
})

file('reads a file: URL', async ({ folder }) => {
  const { path } = await read(folder, 'url.json', '{"port":1}')
  const { given } = await readSettingsFile(pathToFileURL(path), fields)
  assert.is(given[0]?.readings[0], 1)
})

file('a name may stand in several objects of a JSON file, in lists and in texts', async ({ folder }) => {
  const text =
    '{"port": 1, "log": [{"a": {"a": 1}}, {"a": "{\\"a\\": 1, \\"a\\": 2}"}], "motd": "port\\\\", "raw": "port"}'
  assert.equal((await read(folder, 'often.json', text)).values, {
    port: 1,
    log: JSON.parse(text).log,
    raw: 'port',
  })
})

file(
  'refuses a file that is not UTF-8: other characters would come in the place of some',
  async ({ folder }) => {
    for (const name of ['latin.yaml', 'latin.json']) {
      const { problems } = await read(folder, name, Buffer.from('{"log": "caf\xe9"}', 'latin1'))
      assert.equal(problems, [': is not UTF-8; save it as UTF-8 with an editor'])
    }
  },
)

file('takes an empty YAML file for one that sets nothing', async ({ folder }) => {
  for (const text of ['', '# nothing yet\n']) {
    assert.equal((await read(folder, 'empty.yaml', text)).problems, [])
  }
})

file('remembers the file as the origin of a value', async ({ folder }) => {
  const { path } = await read(folder, 'origin.json', '{"port":1}')
  const { given } = await readSettingsFile(path, fields)
  assert.equal(given[0]?.origin, { kind: 'file', where: path })
})

file('names an unknown key, __proto__ too, and suggests the nearest', async ({ folder }) => {
  for (const [name, text] of [
    ['unknown.json', '{"prot":1,"__proto__":{"port":2}}'],
    ['unknown.yaml', 'prot: 1\n__proto__: {port: 2}'],
  ] as const) {
    const { values, problems } = await read(folder, name, text)
    assert.equal(values, {})
    assert.equal(problems, ['prot: no such setting; did you mean port?', '__proto__: no such setting'])
  }
})

file('says where a file is malformed, and never quotes it', async ({ folder }) => {
  const cases: [name: string, text: string, message: RegExp][] = [
    ['bad.json', '{\n  "token": hunter2,,\n}', /^: is not valid JSON at line 2/],
    ['comma.json', '{"token": "hunter2",}', /^: is not valid JSON/],
    ['cut.json', '{"token": "hunter2"', /^: is not valid JSON at line 1/],
    ['bad.yaml', 'port: 1\ntoken: a: hunter2', /^: is not valid YAML at line 2, column 8/],
    ['scalar.yaml', 'token: |hunter2\n x', /^: is not valid YAML at line 1/],
    ['twice.yaml', 'port: 1\nport: 2', /^: is not valid YAML at line 2, column 1 \(duplicate key\)/],
    [
      'twice.json',
      '{"port": 1,\n"log": {"port": 1},\n"p\\u006frt" : 2}',
      /^: has a name twice, again at line 3$/,
    ],
    ['within.json', '{"log": [{"a": 1, "a": "hunter2"}]}', /^: has a name twice, again at line 1$/],
    ['tag.yaml', 'token: !hunter2 x', /^: is not valid YAML at line 1, column 8 \(tag resolve failed\)/],
    ['alias.yaml', 'token: *hunter2', /^: is not valid YAML: an alias/],
    ['documents.yaml', 'port: 1\n---\nport: hunter2', /multiple docs/],
    ['list.yaml', '- hunter2', /^: expected a mapping of names to values, got array/],
    ['text.yaml', 'hunter2', /^: expected a mapping of names to values, got string/],
    ['list.json', '["hunter2"]', /^: expected a mapping of names to values, got array/],
  ]
  for (const [name, text, message] of cases) {
    const { problems } = await read(folder, name, text)
    assert.is(problems.length, 1, name)
    assert.match(problems[0] ?? '', message)
    assert.not.match(problems[0] ?? '', /hunter2/)
  }
})

file('refuses aliases that grow without bound', async ({ folder }) => {
  const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}]`)
  const { problems } = await read(folder, 'bomb.yaml', ['l0: &l0 [x]', ...levels].join('\n'))
  assert.match(problems[0] ?? '', /too many aliases/)
})

file('names a file that cannot be read', async ({ folder }) => {
  for (const [path, message] of [
    [join(folder, 'absent.yaml'), 'cannot be read: ENOENT'],
    [
      join(folder, 'settings.toml'),
      'a settings file ends in .json, .yaml, .yml, .js, .mjs, .cjs, .ts, .mts or .cts',
    ],
    [new URL('https://127.0.0.1/a.json'), 'cannot be read: ERR_INVALID_URL_SCHEME'],
  ] as const) {
    const { problems } = await readSettingsFile(path, fields)
    assert.equal(problems, [{ name: '', origin: { kind: 'file', where: String(path) }, message }])
  }
})

file('knows a settings file by its extension alone', () => {
  for (const path of ['a.json', 'a.yaml', 'b/a.YML', '.yaml', 'a.js', 'a.mjs', 'a.ts', 'a.mts', 'a.cjs'])
    assert.ok(isSettingsFile(path), path)
  for (const path of ['json', 'a.jsonc', 'a.yaml.bak', 'a.tsv', 'js', ''])
    assert.not(isSettingsFile(path), path)
})

file('reads from JSON and from YAML the same, whatever the values', async ({ folder }) => {
  const values = fc.record(
    { port: fc.jsonValue(), motd: fc.string(), log: fc.array(fc.string()) },
    { requiredKeys: ['log'] },
  )
  await fc.assert(
    fc.asyncProperty(values, async (object) => {
      const text = JSON.stringify(object, null, 2)
      const json = await read(folder, 'same.json', text)
      const yaml = await read(folder, 'same.yaml', text)
      assert.equal(yaml.values, json.values)
      assert.equal(yaml.problems, json.problems)
    }),
    { numRuns: 50 },
  )
})

file.run()
