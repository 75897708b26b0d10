// The errors that programs can catch by class, and the page that lists them.

import { readdirSync, readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkMethods, checkNames, InvalidOptionError, MaraError, messageOf } from '../lib/errors.js'

/** Errors of processes and commands of their own. No program is there to catch them. */
const NOT_FOR_PROGRAMS = ['angel/', 'cli/', 'edge/', 'program/']

/** Named in the page's text, in no table. */
const BASES = ['MaraError', 'StorageError']

const page = readFileSync('docs/errors.md', 'utf8')
const listed = new Map(
  [...page.matchAll(/^\| `(\w+)` \| `(MARA_\w+)` \|/gm)].map(([, name, code]) => [name as string, code]),
)

/** The code of each error class of lib/, by name, with the file that it is in. */
const defined = new Map<string, { file: string; code: string | undefined }>()
for (const file of readdirSync('lib', { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.ts')) continue
  const [, ...classes] = readFileSync(`lib/${file}`, 'utf8').split(
    /^export (?:abstract )?class (?=\w+Error extends \w*Error\b)/m,
  )
  for (const text of classes) {
    const code = /\breadonly code(?:: string)? = '(\w+)'/.exec(text)?.[1]
    defined.set(/^\w+/.exec(text)?.[0] as string, { file, code })
  }
}

/** Names of the errors that programs can import, from any subpath of the package. */
async function exported(): Promise<string[]> {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, { default?: string }>
  }
  const paths = Object.values(exports).flatMap(({ default: path }) => path ?? [])
  const names: string[] = []
  for (const path of paths) {
    const entry = (await import(`../lib/${path.slice('./dist/'.length)}`)) as Record<string, unknown>
    for (const [name, value] of Object.entries(entry)) {
      const isError = value === MaraError || (value as typeof MaraError).prototype instanceof MaraError
      if (isError) names.push(name)
    }
  }
  return names
}

test('docs/errors.md lists every error class with its code', () => {
  const codes = [...defined].filter(([name]) => !BASES.includes(name)).map(([name, { code }]) => [name, code])
  assert.equal([...listed].sort(), codes.sort())
  for (const name of BASES) assert.match(page, `\`${name}\``)
})

test('each error has a code of its own', () => {
  const codes = [...defined.values()].flatMap(({ code }) => code ?? [])
  assert.is(new Set(codes).size, codes.length)
})

test('a program can import the class of every error that it can meet', async () => {
  const met = [...defined].filter(([, { file }]) => !NOT_FOR_PROGRAMS.some((room) => file.startsWith(room)))
  assert.equal([...new Set(await exported())].sort(), met.map(([name]) => name).sort())
})

/** Whatever is asked of them throws. */
const STUBBORN: readonly unknown[] = [
  {
    [inspect.custom]() {
      throw new Error('not shown')
    },
  },
  {
    get [Symbol.toStringTag](): string {
      throw new Error('no kind')
    },
  },
  Object.create(null),
  Object.defineProperty(new Error('never read'), 'message', {
    get() {
      throw new Error('no message')
    },
  }),
  Symbol('alone'),
]

test('a value that throws when it is shown is refused like any other', () => {
  for (const value of STUBBORN) {
    assert.match(new InvalidOptionError('f()', 'port', value, 'a number').message, /^f\(\) got port: /)
  }
})

test('whatever is thrown, something is said of it', () => {
  for (const thrown of STUBBORN) assert.type(messageOf(thrown), 'string')
  assert.is(messageOf(new Error('plain')), 'plain')
  assert.is(messageOf('a word'), 'a word')
})

test('a message shows no more of a value than is of use', () => {
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`name${index}`, index]))
  for (const value of ['x'.repeat(1_000_000), wide, ['x'.repeat(1_000_000)]]) {
    const { message } = new InvalidOptionError('f()', 'port', value, 'a number')
    assert.ok(message.length < 500, String(message.length))
    assert.match(message, /expected a number\.$/)
  }
})

test('what is no object of options is refused as such', () => {
  for (const options of [null, undefined, 'port', 9000, () => {}]) {
    assert.throws(
      () => checkNames('tcp()', options as never, ['port', 'host']),
      /^tcp\(\) got options: .*; expected an object with any of these: port, host\.$/,
    )
  }
})

test('an option that is true or false is nothing else, and least of all a word that says no', () => {
  checkNames('tcp()', { port: 1, raw: false }, ['port'], ['raw'])
  checkNames('tcp()', { raw: undefined }, ['port'], ['raw'])
  for (const raw of ['no', 0, 1, null, {}]) {
    assert.throws(
      () => checkNames('tcp()', { raw }, ['port'], ['raw']),
      /^tcp\(\) got raw: .*; expected true or false\.$/,
    )
  }
  assert.throws(
    () => checkNames('tcp()', { rwa: true }, ['port'], ['raw']),
    /^tcp\(\) got rwa: .*; expected one of these options: port, raw\.$/,
  )
})

test('what lacks a method is refused, whatever it is', () => {
  checkMethods('here', 'service', { listen() {} }, ['listen'])
  for (const value of [undefined, null, 5, 'text', {}, { listen: true }]) {
    assert.throws(
      () => checkMethods('here', 'service', value, ['listen', 'stop']),
      /^here got service: .*; expected an object that has the methods listen, stop\.$/,
    )
    assert.throws(
      () => checkMethods('here', 'service', value, ['listen'], 'a Service'),
      /expected a Service\.$/,
    )
  }
})

test.run()
