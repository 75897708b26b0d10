import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { Definition, session } from '../../lib/storage/field.js'
import { DefinitionError } from '../../lib/storage/index.js'
import { describeProblem } from '../../lib/storage/json.js'

const test = suite('storage field')

const refuses = (message: RegExp) => (error: unknown) =>
  error instanceof DefinitionError && message.test(error.message)

const isoDate = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})

test('fields are permanent or session fields, in the order of their definition', () => {
  const definition = new Definition(
    'user',
    { b: z.string(), a: session(z.string().optional()), c: z.number() },
    true,
  )
  assert.equal(definition.permanent, ['b', 'c'])
  assert.equal(definition.session, ['a'])
  assert.equal(definition.names, ['b', 'a', 'c'])
})

test('a class that keeps nothing has session fields only, and they need no default', () => {
  const definition = new Definition('party', { name: z.string(), here: session(z.boolean()) }, false)
  assert.equal(definition.permanent, [])
  assert.equal(definition.session, ['name', 'here'])
})

test('a session field without a default is refused: an object read from disk would have nothing to put there', () => {
  assert.throws(() => new Definition('user', { here: session(z.boolean()) }, true), refuses(/here.*default/))
})

test('a field that is no zod schema is refused by name', () => {
  for (const field of [5, null, 'text', {}, String]) {
    assert.throws(() => new Definition('user', { age: field as never }, true), refuses(/age of user/))
  }
})

test('every object gets a default of its own, down to what is nested in it', () => {
  let made = 0
  const definition = new Definition(
    'user',
    {
      plain: z.object({ list: z.array(z.string()) }).default({ list: [] }),
      made: z.array(z.number()).default(() => [++made]),
    },
    true,
  )
  const one = definition.fresh('plain').value as { list: string[] }
  const two = definition.fresh('plain').value as { list: string[] }
  one.list.push('x')
  assert.equal(two, { list: [] })
  assert.equal([definition.fresh('made').value, definition.fresh('made').value], [[1], [2]])
})

test('a codec writes down what JSON has no word for, and reads it again', () => {
  const definition = new Definition('user', { born: isoDate.default(() => new Date(0)) }, true)
  const born = new Date('2020-02-29T12:00:00.000Z')
  const written = definition.encode(['born'], { born })
  assert.equal(written.value, { born: '2020-02-29T12:00:00.000Z' })
  assert.equal(definition.decode(['born'], written.value ?? {}).value, { born })
  assert.equal(definition.fresh('born').value, new Date(0))
})

test('what JSON would change without a word is a problem with its path', () => {
  const definition = new Definition('user', { born: z.date(), tags: z.array(z.unknown()) }, true)
  const problems =
    definition.encode(['born', 'tags'], { born: new Date(), tags: ['a', new Map()] }).problems ?? []
  assert.equal(
    problems.map(({ path }) => path),
    [['born'], ['tags', 1]],
  )
})

test('every field that does not fit its schema is a problem, with the path to what is wrong', () => {
  const definition = new Definition('user', { a: z.string(), b: z.object({ c: z.array(z.number()) }) }, true)
  const { problems = [] } = definition.decode(['a', 'b'], { a: 1, b: { c: [1, 'x'] } })
  assert.equal(
    problems.map(({ path }) => path),
    [['a'], ['b', 'c', 1]],
  )
  assert.match(problems.map(describeProblem).join(), /^a: .*string.*b\.c\.1: .*number/)
  assert.is(describeProblem({ path: [], message: 'wrong' }), 'wrong')
})

test('decoding leaves out what the data lacks, completing fills it in, and says what has no default', () => {
  const definition = new Definition(
    'user',
    { a: z.string().default('x'), b: z.string().optional(), c: z.string() },
    true,
  )
  assert.equal(definition.decode(definition.names, { c: 'y' }).value, { c: 'y' })
  assert.equal(definition.complete(definition.names, { c: 'y' }).value, { a: 'x', b: undefined, c: 'y' })
  assert.equal(
    definition.complete(definition.names, {}).problems?.map(({ path }) => path),
    [['c']],
  )
})

test('names that every object has are not taken for data', () => {
  const definition = new Definition('user', { size: z.string().default('x') }, true)
  assert.equal(definition.decode(['size'], Object.create({ size: 5 })).value, {})
})

test('a schema that works one way only, or not at once, is refused by the name of the field', () => {
  const oneWay = new Definition('user', { n: z.string().transform((text) => text.length) }, true)
  assert.throws(() => oneWay.encode(['n'], { n: 3 }), refuses(/Field n of user.*codec/))
  const slow = new Definition('user', { n: z.string().refine(async () => true) }, true)
  assert.throws(() => slow.decode(['n'], { n: 'x' }), refuses(/Field n of user.*async/))
})

test('what a schema throws is an error that names the field', () => {
  const broken = z.string().refine(() => {
    throw new RangeError('the program is broken')
  })
  assert.throws(
    () => new Definition('user', { n: broken }, true).decode(['n'], { n: 'x' }),
    refuses(/Field n of user.*the program is broken/),
  )
})

test.run()
