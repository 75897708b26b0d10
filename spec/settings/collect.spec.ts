import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import {
  type CollectOptions,
  type CoreSettings,
  collect,
  defineSettings,
  describeOrigin,
  type SettingsError,
  secret,
} from '../../lib/settings/index.js'

const collection = suite<{ folder: string }>('settings/collect')

collection.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'mara-settings-'))
})
collection.after(({ folder }) => rm(folder, { recursive: true }))

const core = defineSettings()

async function put(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

const load = async (path: string): Promise<object> => import(pathToFileURL(path).href)

/** Collects what must fail, the types of its sources unchecked; gives the lines of the message after the first. */
async function problemsOf(options: object, schema: Parameters<typeof collect>[0] = core): Promise<string[]> {
  try {
    await collect(schema, options as CollectOptions)
  } catch (error) {
    assert.is((error as Error).name, 'SettingsError')
    const lines = (error as Error).message.split('\n').slice(1)
    assert.is(lines.length, (error as SettingsError).problems.length)
    return lines.map((line) => line.trim())
  }
  return assert.unreachable('the settings were accepted') as never
}

collection('gives the defaults where nothing else is given', async () => {
  const { values, origin, warnings } = await collect(core)
  assert.equal(values, {
    port: 9000,
    host: '127.0.0.1',
    raw: false,
    telnet: true,
    telnetOffers: 'when-needed',
    sanitize: true,
    log: true,
    store: 'file',
    storePath: 'data',
    drain: 1000,
    angel: false,
    heartbeat: 10000,
    readyTimeout: 30000,
    probation: 5000,
    spareWorker: false,
    snapshotEvery: 1000,
    onRestart: 'replay',
    onDivergence: 'again',
    maxJournal: 1_000,
    maxJournalBytes: 262_144,
    restartWait: 10000,
    lineBudget: 256,
    maxLineLength: 65536,
    maxUnreadLines: 256,
    maxUnreadBytes: 262144,
    maxUnsentBytes: 1048576,
    maxSubnegotiation: 8192,
    maxTelnetReplies: 100,
    maxTelnetEvents: 100,
    connectTimeout: 120_000,
    idleTimeout: 0,
    maxConnections: 10000,
    console: false,
  })
  assert.is(origin('port').kind, 'default')
  assert.is(origin('path').kind, 'default')
  assert.equal(warnings, [])
})

collection(
  'lets the later source win: program, module, file, environment, file on the command line, flag',
  async ({ folder }) => {
    const module = await load(await put(folder, 'order.mjs', 'export const port = 2'))
    const file = await put(folder, 'order.yaml', 'port: 3')
    const named = await put(folder, 'named.json', '{"port": 5}')
    const all = { sources: [{ port: 1 }, module, file], env: { MARA_PORT: '4' }, argv: [named, '--port=6'] }
    const layers: [options: CollectOptions, port: number, origin: string][] = [
      [{ sources: all.sources.slice(0, 1) }, 1, 'the program, source 1'],
      [{ sources: all.sources.slice(0, 2) }, 2, 'a module, source 2'],
      [{ sources: all.sources }, 3, `file ${file}`],
      [{ ...all, argv: [] }, 4, 'variable MARA_PORT'],
      [{ ...all, argv: [named] }, 5, `file ${named}`],
      [all, 6, 'flag --port'],
      [{ ...all, argv: ['--port=6', named] }, 6, 'flag --port'],
    ]
    for (const [options, port, text] of layers) {
      const { values, origin } = await collect(core, options)
      assert.is(values.port, port)
      assert.is(describeOrigin(origin('port')), text)
    }
  },
)

collection(
  'names each of the five sources of a wrong value, what it was and what was expected',
  async ({ folder }) => {
    const file = await put(folder, 'wrong.yaml', 'port: "7000"')
    const module = await load(await put(folder, 'wrong.mjs', 'export const port = "7000"'))
    const expected = 'expected integer from 0 to 65535, got'
    assert.equal(await problemsOf({ sources: [{ port: '7000' }] }), [
      `port (the program, source 1): ${expected} string "7000"`,
    ])
    assert.equal(await problemsOf({ sources: [{}, module] }), [
      `port (a module, source 2): ${expected} string "7000"`,
    ])
    assert.equal(await problemsOf({ sources: [file] }), [`port (file ${file}): ${expected} string "7000"`])
    assert.equal(await problemsOf({ env: { MARA_PORT: '70000' } }), [
      `port (variable MARA_PORT): ${expected} "70000"`,
    ])
    assert.equal(await problemsOf({ argv: ['--port=high'] }), [`port (flag --port): ${expected} "high"`])
    assert.equal(await problemsOf({ argv: [file] }), [`port (file ${file}): ${expected} string "7000"`])
  },
)

collection('names each of the five sources of an unknown name, and suggests one', async ({ folder }) => {
  const file = await put(folder, 'unknown.yaml', 'prot: 1')
  const module = await load(await put(folder, 'unknown.mjs', 'export default { prot: 1 }'))
  const message = 'no such setting; did you mean'
  assert.equal(await problemsOf({ sources: [{ prot: 1 }] }), [
    `prot (the program, source 1): ${message} port?`,
  ])
  assert.equal(await problemsOf({ sources: [module] }), [`prot (a module, source 1): ${message} port?`])
  assert.equal(await problemsOf({ sources: [file] }), [`prot (file ${file}): ${message} port?`])
  assert.equal(await problemsOf({ argv: ['--prot=1'] }), [`prot (flag --prot): ${message} --port?`])
  const { warnings } = await collect(core, { env: { MARA_PROT: '1' } })
  assert.equal(
    warnings.map((warning) => warning.message),
    [`is ignored: ${message} MARA_PORT?`],
  )
})

collection('reports every problem of every source at once', async ({ folder }) => {
  const problems = await problemsOf({
    sources: [{ port: '1', colour: 'red' }, join(folder, 'absent.json')],
    env: { MARA_DRAIN: '-1' },
    argv: ['--maxLineLength=0', '--raw=maybe'],
  })
  assert.equal(
    problems.map((line) => line.split(':')[0]),
    [
      'colour (the program, source 1)',
      'port (the program, source 1)',
      `file ${join(folder, 'absent.json')}`,
      'drain (variable MARA_DRAIN)',
      'maxLineLength (flag --maxLineLength)',
      'raw (flag --raw)',
    ],
  )
})

collection('checks a value that a later source overrides', async () => {
  assert.is((await problemsOf({ sources: [{ port: -1 }, { port: 1 }], argv: ['--port=2'] })).length, 1)
})

collection('takes the last of two flags', async () => {
  const { values } = await collect(core, { argv: ['--port=1', '--port=2', '--raw', '--no-raw'] })
  assert.is(values.port, 2)
  assert.is(values.raw, false)
})

collection('counts undefined as not given', async () => {
  const { values, origin } = await collect(core, {
    sources: [{ port: 1 }, { port: undefined, path: undefined }],
  })
  assert.is(values.port, 1)
  assert.is(origin('port').where, 'source 1')
  assert.not('path' in values)
})

collection('reads text by the type a setting takes, and only text', async () => {
  const schema = defineSettings({
    tags: z.array(z.string()).default([]),
    ratio: z.number().default(1),
    colour: z.enum(['red', 'blue']).default('red'),
    rules: z.record(z.string(), z.int()).default({}),
    either: z.union([z.string(), z.int()]).default(0),
  })
  const texts = { tags: 'a,b', ratio: '0.5', colour: 'blue', rules: '{"a":1}', either: '7' }
  const typed = { tags: ['a', 'b'], ratio: 0.5, colour: 'blue', rules: { a: 1 }, either: 7 } as const
  const fromEnv = await collect(schema, {
    env: Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [`MARA_${name.toUpperCase()}`, text]),
    ),
  })
  const fromArgv = await collect(schema, {
    argv: Object.entries(texts).map(([name, text]) => `--${name}=${text}`),
  })
  const fromProgram = await collect(schema, { sources: [{ ...typed, tags: ['a', 'b'] }] })
  for (const { values } of [fromEnv, fromArgv, fromProgram]) {
    const { tags, ratio, colour, rules, either } = values
    assert.equal({ tags, ratio, colour, rules, either }, typed)
  }
  const { either: _, colour: __, ...rest } = texts
  assert.is((await problemsOf({ sources: [rest] }, schema)).length, 3)
})

collection('takes log as a boolean, a text, a list, or from the program a logger', async () => {
  const logger = pino({ enabled: false })
  for (const log of [true, false, 'service', ['service', 'mine']]) {
    assert.equal((await collect(core, { sources: [{ log }] })).values.log, log)
  }
  assert.is((await collect(core, { sources: [{ log: logger }] })).values.log, logger)
  assert.equal((await collect(core, { env: { MARA_LOG: 'service, mine' } })).values.log, ['service', 'mine'])
  assert.is((await collect(core, { argv: ['--no-log'] })).values.log, false)
  const [problem] = await problemsOf({ sources: [{ log: { info() {} } }] })
  assert.match(
    problem ?? '',
    /^log \(the program, source 1\): expected boolean, string or list of strings, got object/,
  )
  assert.match(problem ?? '', /debug, info, warn, error, child$/)
})

collection('lists every setting with its value, origin and description', async () => {
  const schema = defineSettings({ motd: z.string().default('Hi\u001b').describe('Greeting.') })
  const { list } = await collect(schema, { sources: [{ log: pino({ enabled: false }) }], argv: ['--raw'] })
  const rows = new Map(list().map((row) => [row.name, row]))
  assert.equal([...rows.keys()], [...schema.fields.keys()])
  assert.equal(rows.get('motd'), {
    name: 'motd',
    value: 'Hi\\x1b',
    origin: 'default',
    description: 'Greeting.',
  })
  assert.is(rows.get('raw')?.value, 'true')
  assert.is(rows.get('raw')?.origin, 'flag --raw')
  assert.is(rows.get('path')?.value, '')
  assert.is(rows.get('log')?.value, 'a logger')
})

collection('never prints a secret: not in an error of any source, not in a listing', async ({ folder }) => {
  const echo = { error: (issue: { input?: unknown }) => `bad ${String(issue.input)}` }
  const schema = defineSettings({
    token: secret(z.string().min(20, echo).regex(/^x/, echo)).optional(),
    bridge: z.object({ password: secret(z.string()), port: z.int() }).optional(),
  })
  const bad = { token: 'hunter2', bridge: { password: 'hunter2', port: 'hunter2' } }
  const file = await put(folder, 'secret.json', JSON.stringify(bad))
  const module = await load(await put(folder, 'secret.mjs', `export default ${JSON.stringify(bad)}`))
  const env = { MARA_TOKEN: 'hunter2', MARA_BRIDGE: JSON.stringify(bad.bridge) }
  const argv = ['--token=hunter2', '--token', 'hunter2', `--bridge=${JSON.stringify(bad.bridge)}`]
  for (const options of [{ sources: [bad] }, { sources: [module] }, { sources: [file] }, { env }, { argv }]) {
    const problems = await problemsOf(options, schema)
    assert.ok(problems.length >= 2)
    assert.not.match(problems.join('\n'), /hunter2/)
    for (const line of problems) assert.match(line, /got \*\*\*$/)
  }
  const good = await collect(schema, { sources: [{ token: 'x-hunter2-hunter2-hunter2' }] })
  assert.not.match(JSON.stringify(good.list()), /hunter2/)
  assert.is(good.list().find(({ name }) => name === 'token')?.value, '***')
  assert.is(good.list().find(({ name }) => name === 'bridge')?.value, '')
})

collection('says what a check of the program itself says, and where inside a value', async () => {
  const schema = defineSettings({
    even: z
      .int()
      .refine((value) => value % 2 === 0, 'must be even')
      .default(0),
    rooms: z.array(z.object({ name: z.string() })).default([]),
    later: z
      .string()
      .refine(async (text) => text !== 'bad', 'was bad')
      .default(''),
  })
  assert.equal(
    await problemsOf({ argv: ['--even=3'], sources: [{ rooms: [{ name: 1 }], later: 'bad' }] }, schema),
    [
      'rooms (the program, source 1): expected list of objects, got array [{"name":1}]; at 0.name: Invalid input: expected string, received number',
      'later (the program, source 1): expected string, got string "bad"; was bad',
      'even (flag --even): expected integer, got "3"; must be even',
    ],
  )
})

collection('names a setting that is needed and was not given, once', async () => {
  const schema = defineSettings({ token: secret(z.string()) })
  assert.equal(await problemsOf({}, schema), [
    'token (default): is required; expected string: set it in the program, as MARA_TOKEN, or as --token',
  ])
  assert.equal(await problemsOf({ sources: [{ token: 3 }] }, schema), [
    'token (the program, source 1): expected string, got ***',
  ])
})

collection(
  'tells of one mistake once: a required setting whose flag has no value, or is switched off',
  async () => {
    const schema = defineSettings({ motd: z.string(), token: z.string() })
    assert.equal(await problemsOf({ argv: ['--motd', '--no-token'] }, schema), [
      'motd (flag --motd): needs a value: --motd=<string>',
      'token (flag --no-token): cannot be switched off: it takes string',
    ])
  },
)

collection('a check that throws is a problem of its setting, and tells nothing of a secret', async () => {
  const broken = z.string().refine((value) => {
    throw new Error(`no answer about ${value}`)
  })
  const schema = defineSettings({
    name: broken,
    token: secret(broken),
    any: z.unknown().refine(() => nothing()),
  })
  const nothing = (): boolean => {
    throw new Error('nothing to look at')
  }
  assert.equal(await problemsOf({ sources: [{ name: 'ann', token: 'hunter2' }] }, schema), [
    'name (the program, source 1): expected string, got string "ann"; its check threw an error: no answer about ann',
    'token (the program, source 1): expected string, got ***',
    'any (default): its check threw an error: nothing to look at',
  ])
})

collection('reads neither the environment nor the command line unless they are handed over', async () => {
  process.env.MARA_PORT = '1'
  try {
    assert.is((await collect(core)).values.port, 9000)
  } finally {
    delete process.env.MARA_PORT
  }
})

collection('gives frozen values', async () => {
  const { values } = await collect(core)
  assert.throws(() => {
    ;(values as { -readonly [Name in keyof CoreSettings]: CoreSettings[Name] }).port = 1
  }, TypeError)
})

collection('gives back any port from any source, and refuses any other number', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -70000, max: 140000 }), async (port) => {
      for (const options of [
        { sources: [{ port }] },
        { env: { MARA_PORT: String(port) } },
        { argv: [`--port=${port}`] },
      ]) {
        if (port >= 0 && port <= 65535) assert.is((await collect(core, options)).values.port, port)
        else assert.is((await problemsOf(options)).length, 1)
      }
    }),
  )
})

collection('pollutes no prototype, whatever object it is given', async () => {
  const object = fc.dictionary(
    fc.oneof(fc.constantFrom('__proto__', 'constructor', 'port'), fc.string()),
    fc.jsonValue(),
  )
  await fc.assert(
    fc.asyncProperty(object, async (source) => {
      await collect(core, { sources: [JSON.parse(JSON.stringify(source))] }).catch((error) => {
        assert.is(error.name, 'SettingsError')
      })
      assert.equal(Object.keys(Object.prototype), [])
    }),
  )
})

collection.run()
