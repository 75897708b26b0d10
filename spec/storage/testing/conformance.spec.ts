import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import * as storage from '../../../lib/storage/index.js'
import { type Backend, memoryBackend } from '../../../lib/storage/index.js'
import { storageConformance } from '../../../lib/storage/testing/index.js'

const test = suite('storage conformance')

async function failing(change: (inner: Backend) => Partial<Backend>): Promise<string[]> {
  const names: string[] = []
  const open = () => {
    const inner = memoryBackend()
    return { ...inner, ...change(inner) }
  }
  for (const { name, run } of storageConformance({ open })) await run().catch(() => names.push(name))
  return names
}

const BROKEN: [string, (inner: Backend) => Partial<Backend>, RegExp][] = [
  ['a back end that forgets', () => ({ write: async () => {} }), /every text/],
  ['one that finds what is not there', () => ({ read: async () => '{}' }), /never written/],
  ['one that trims', (b) => ({ write: (k, n, text) => b.write(k, n, text.trim()) }), /every text/],
  [
    'one that parses',
    (b) => ({ read: async (k, n) => JSON.parse((await b.read(k, n)) ?? 'null') ?? undefined }),
    /every text/,
  ],
  [
    'one that never replaces',
    (b) => ({
      write: async (k, n, text) => ((await b.read(k, n)) === undefined ? b.write(k, n, text) : undefined),
    }),
    /replaces/,
  ],
  ['one that never removes', () => ({ remove: async () => {} }), /removed is gone/],
  [
    'one that complains of removing what is not there',
    (b) => ({
      remove: async (k, n) => {
        if ((await b.read(k, n)) === undefined) throw new Error('not there')
        await b.remove(k, n)
      },
    }),
    /removed is gone/,
  ],
  [
    'one whose kinds mix',
    (b) => ({
      list: async (kind) =>
        kind === 'user' ? [...(await b.list('user')), ...(await b.list('users'))] : b.list(kind),
    }),
    /kinds do not mix/,
  ],
  [
    'one that removes by a pattern',
    (b) => ({
      remove: async (k, n) => {
        const pattern = new RegExp(`^${k.replaceAll('_', '.')}$`)
        for (const kind of ['user', 'users', 'user_x', 'userax', 'user-x', 'u'])
          if (pattern.test(kind)) await b.remove(kind, n)
      },
    }),
    /kinds do not mix/,
  ],
  [
    'one that cuts keys',
    (b) => ({ write: (k, n, text) => b.write(k, n.slice(0, 50), text) }),
    /keys do not mix/,
  ],
  [
    'one that lists twice',
    (b) => ({ list: async (k) => [...(await b.list(k)), ...(await b.list(k))] }),
    /listed once/,
  ],
  [
    'one that tears',
    (b) => ({
      write: async (k, n, text) => {
        await b.write(k, n, text.slice(0, text.length / 2))
        await new Promise((resolve) => setImmediate(resolve))
        await b.write(k, n, text)
      },
    }),
    /whole text/,
  ],
  [
    'one that sets aside by copying only',
    () => ({ setAside: async (k, n) => `${k}/${n}.damaged` }),
    /set aside/,
  ],
  [
    'one that sets aside over what was set aside',
    (b) => ({
      setAside: async (k, n) => {
        await b.write(k, `${n}.damaged`, (await b.read(k, n)) ?? '')
        await b.remove(k, n)
        return `${k}/${n}.damaged`
      },
    }),
    /loses nothing/,
  ],
  ['one that does not know places apart', () => ({ locate: () => 'somewhere' }), /told apart/],
]

for (const [what, change, rule] of BROKEN) {
  test(`${what} is found out by the rule that it breaks`, async () => {
    const names = await failing(change)
    assert.ok(
      names.some((name) => rule.test(name)),
      `only failed: ${names.join('; ') || 'nothing'}`,
    )
  })
}

test('a back end that forgets when it is closed is found out where it should not', async () => {
  const checks = storageConformance({ open: memoryBackend, reopen: memoryBackend })
  const failed = []
  for (const { name, run } of checks) await run().catch(() => failed.push(name))
  assert.is(failed.length, 1)
  assert.is(checks.length, storageConformance({ open: memoryBackend }).length + 1)
})

test('production does not load the checks', () => {
  assert.not.ok('storageConformance' in storage)
})

test('every check closes what it opened, also when it fails', async () => {
  let open = 0
  const checks = storageConformance({
    open: () => {
      open++
      const close = async () => {
        open--
      }
      return { ...memoryBackend(), close, list: async () => ['wrong'] }
    },
  })
  for (const { run } of checks) await run().catch(() => {})
  assert.is(open, 0)
})

test.run()
