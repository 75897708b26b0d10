/**
 * The rules for back ends, as checks for any test runner. A back end of your own must pass the same checks as those that
 * come with the library:
 *
 * ```ts
 * import { storageConformance } from 'mara-ts/storage/testing'
 * for (const { name, run } of storageConformance({ open: () => myBackend() })) test(name, run)
 * ```
 */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { checkFunction, checkNames } from '../../errors.js'
import type { Backend } from '../backend.js'
import { MAX_KEY_LENGTH } from '../key.js'

export interface ConformanceCheck {
  /** A sentence that states the rule. */
  name: string
  /** @throws AssertionError when the rule is broken. */
  run: () => Promise<void>
}

export interface ConformanceOptions {
  /** A back end with nothing in it. Called once a check. */
  open: () => Promise<Backend> | Backend
  /** For back ends that outlive their closing: opens again what `open` gave last, with what is in it. */
  reopen?: (() => Promise<Backend> | Backend) | undefined
}

// Texts are always JSON; these are the ones that a clever engine gets wrong.
const TEXTS = {
  'an object as it is saved': '{\n  "$version": 1,\n  "email": "ann@example.org"\n}\n',
  'a number': '42',
  null: 'null',
  'a string': '"text"',
  'white space around': '  {}\n\n',
  'characters of every length in UTF-8': JSON.stringify('aé€😀 \u2028 \u0000 \ud800'),
  'what looks like a prototype': '{"__proto__":{"a":1},"constructor":{"prototype":2}}',
  'what looks like base64 of a driver': '"base64:AAAA"',
  'quotes and wildcards': JSON.stringify(`' " \` % _ * ? [a] \\ ; --`),
  'a megabyte': JSON.stringify('é'.repeat(2 ** 19)),
}

type Check = (backend: Backend) => Promise<void>

const CHECKS: Record<string, Check> = {
  async 'what was never written reads as undefined and is not listed'(backend) {
    strictEqual(await backend.read('user', 'ann'), undefined)
    deepStrictEqual(await backend.list('user'), [])
    strictEqual(await backend.findSetAside('user', 'ann'), undefined)
  },

  async 'every text reads exactly as it was written'(backend) {
    for (const [what, text] of Object.entries(TEXTS)) {
      await backend.write('user', 'ann', text)
      ok((await backend.read('user', 'ann')) === text, `${what} does not come back as it was written`)
    }
  },

  async 'a later write replaces an earlier one, also by a shorter text'(backend) {
    await backend.write('user', 'ann', JSON.stringify('long '.repeat(1000)))
    await backend.write('user', 'ann', '1')
    strictEqual(await backend.read('user', 'ann'), '1')
    deepStrictEqual(await backend.list('user'), ['ann'])
  },

  async 'what is removed is gone, and removing what is not there is no error'(backend) {
    await backend.write('user', 'ann', '1')
    await backend.write('user', 'bob', '2')
    await backend.remove('user', 'ann')
    await backend.remove('user', 'ann')
    await backend.remove('room', 'ann')
    strictEqual(await backend.read('user', 'ann'), undefined)
    deepStrictEqual(await backend.list('user'), ['bob'])
  },

  async 'kinds do not mix, even where one is the beginning or a pattern of another'(backend) {
    const kinds = ['user', 'users', 'user_x', 'userax', 'user-x', 'u']
    for (const kind of kinds) await backend.write(kind, 'ann', JSON.stringify(kind))
    for (const kind of kinds) {
      strictEqual(await backend.read(kind, 'ann'), JSON.stringify(kind))
      deepStrictEqual(await backend.list(kind), ['ann'])
    }
    await backend.remove('user_x', 'ann')
    strictEqual(await backend.read('userax', 'ann'), '"userax"')
  },

  async 'keys do not mix, even where one is the beginning or a pattern of another'(backend) {
    const keys = ['a', 'aa', 'a_', 'a-', '_a', '-a', '0', '00', 'json', 'damaged', 'k'.repeat(MAX_KEY_LENGTH)]
    for (const key of keys) await backend.write('user', key, JSON.stringify(key))
    for (const key of keys) strictEqual(await backend.read('user', key), JSON.stringify(key))
    deepStrictEqual((await backend.list('user')).sort(), keys.sort())
  },

  async 'a thousand written at once are all there, each listed once'(backend) {
    const keys = Array.from({ length: 1000 }, (_, i) => `k${i}`)
    await Promise.all(keys.map((key) => backend.write('user', key, JSON.stringify(key))))
    deepStrictEqual((await backend.list('user')).sort(), keys.sort())
    const texts = await Promise.all(keys.map((key) => backend.read('user', key)))
    deepStrictEqual(
      texts,
      keys.map((key) => JSON.stringify(key)),
    )
  },

  async 'a reader finds a whole text, old or new, while another writes'(backend) {
    const texts = [JSON.stringify('a'.repeat(50_000)), JSON.stringify('b'.repeat(200))] as const
    await backend.write('user', 'ann', texts[0])
    const write = async () => {
      for (let i = 1; i <= 20; i++) await backend.write('user', 'ann', i % 2 ? texts[1] : texts[0])
    }
    const read = async () => {
      for (let i = 0; i < 20; i++) {
        const found = await backend.read('user', 'ann')
        ok(found === texts[0] || found === texts[1], `a torn text of ${found?.length} characters was read`)
      }
    }
    await Promise.all([write(), read()])
    strictEqual(await backend.read('user', 'ann'), texts[0])
  },

  async 'what is set aside is neither read nor listed, and is kept where it says'(backend) {
    await backend.write('user', 'ann', '{ damaged')
    const place = await backend.setAside('user', 'ann')
    ok(typeof place === 'string' && place.length > 0, 'setAside does not say where')
    strictEqual(await backend.read('user', 'ann'), undefined)
    deepStrictEqual(await backend.list('user'), [])
    strictEqual(await backend.findSetAside('user', 'ann'), place)
    strictEqual(await backend.findSetAside('user', 'bob'), undefined)
  },

  async 'setting aside again, or writing anew, loses nothing that was set aside before'(backend) {
    const places: string[] = []
    for (const text of ['{ one', '{ two', '{ three']) {
      await backend.write('user', 'ann', text)
      places.push(await backend.setAside('user', 'ann'))
    }
    strictEqual(new Set(places).size, 3)
    await backend.write('user', 'ann', '1')
    strictEqual(await backend.read('user', 'ann'), '1')
    deepStrictEqual(await backend.list('user'), ['ann'])
    strictEqual(await backend.findSetAside('user', 'ann'), places[0])
  },

  async 'where a text is can be told apart by kind and key'(backend) {
    const places = [
      backend.locate('user', 'ann'),
      backend.locate('user', 'bob'),
      backend.locate('room', 'ann'),
    ]
    strictEqual(new Set(places).size, 3)
  },
}

async function outlivesClosing(
  open: ConformanceOptions['open'],
  reopen: ConformanceOptions['open'],
): Promise<void> {
  const first = await open()
  for (const key of ['ann', 'bob', 'cid']) await first.write('user', key, JSON.stringify(key))
  await first.setAside('user', 'cid')
  await first.close()
  const second = await reopen()
  try {
    deepStrictEqual((await second.list('user')).sort(), ['ann', 'bob'])
    strictEqual(await second.read('user', 'ann'), '"ann"')
    strictEqual(await second.read('user', 'cid'), undefined)
    ok(await second.findSetAside('user', 'cid'), 'what was set aside is gone')
  } finally {
    await second.close()
  }
}

/** The checks that a back end must pass. Each check opens and closes its own back end. */
export function storageConformance(options: ConformanceOptions): ConformanceCheck[] {
  checkNames('storageConformance()', options, ['open', 'reopen'])
  const { open, reopen } = options
  checkFunction('storageConformance()', 'open', open)
  if (reopen !== undefined) checkFunction('storageConformance()', 'reopen', reopen)
  const checks = Object.entries(CHECKS).map(([name, check]) => ({
    name,
    run: async () => {
      const backend = await open()
      try {
        await check(backend)
      } finally {
        await backend.close()
      }
    },
  }))
  if (!reopen) return checks
  const name = 'what was written, and what was set aside, is there after closing and opening again'
  return [...checks, { name, run: () => outlivesClosing(open, reopen) }]
}
