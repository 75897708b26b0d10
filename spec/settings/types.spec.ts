import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { isSwitch, readings, takesBoolean, typeLabel } from '../../lib/settings/types.js'

const types = suite('settings/types')

const json = (schema: z.core.$ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
const label = (schema: z.core.$ZodType) => typeLabel(json(schema))
const read = (text: string, schema: z.core.$ZodType) => readings(text, json(schema))

types('says in words what a setting takes', () => {
  assert.is(label(z.int().min(0).max(65535)), 'integer from 0 to 65535')
  assert.is(label(z.int()), 'integer')
  assert.is(label(z.int().positive()), 'integer from 1')
  assert.is(label(z.number().gt(2).lt(3)), 'number above 2 below 3')
  assert.is(label(z.number().max(3)), 'number to 3')
  assert.is(label(z.boolean().default(true)), 'boolean')
  assert.is(label(z.string().min(1)), 'non-empty string')
  assert.is(label(z.string().min(8)), 'string of at least 8 characters')
  assert.is(label(z.string().max(8)), 'string of 0 to 8 characters')
  assert.is(label(z.email().nullable()), 'string (email)')
  assert.is(label(z.enum(['red', 'blue'])), 'one of red, blue')
  assert.is(label(z.literal('red')), 'red')
  assert.is(
    label(z.union([z.boolean(), z.string(), z.array(z.string())])),
    'boolean, string or list of strings',
  )
  assert.is(label(z.array(z.int().min(1))), 'list')
  assert.is(label(z.object({ a: z.string() })), 'object')
  assert.is(label(z.int().meta({ id: 'settings-types-spec' })), 'integer')
})

types('says nothing where nothing is known', () => {
  assert.is(label(z.custom(() => true).describe('words about it')), '')
})

types('reads numbers and booleans from text, and nothing else as them', () => {
  assert.equal(read('7000', z.int()), [7000, '7000'])
  assert.equal(read('-1.5e3', z.number()), [-1500, '-1.5e3'])
  for (const text of ['', ' ', '0x10', '1_000', 'NaN', '7 ', '.', 'e3']) {
    assert.equal(read(text, z.number()), [text])
  }
  assert.equal(read('Infinity', z.union([z.number(), z.literal(Number.POSITIVE_INFINITY)])), [
    Number.POSITIVE_INFINITY,
    'Infinity',
  ])
  assert.equal(read('Infinity', z.int()), ['Infinity'])
  for (const text of ['true', 'YES', '1']) assert.equal(read(text, z.boolean()), [true, text])
  for (const text of ['false', 'No', '0']) assert.equal(read(text, z.boolean()), [false, text])
  assert.equal(read('maybe', z.boolean()), ['maybe'])
})

types('reads lists at commas, each item by its own type', () => {
  assert.equal(read('a, b,,c', z.array(z.string()))[0], ['a', 'b', 'c'])
  assert.equal(read('', z.array(z.string()))[0], [])
  assert.equal(read('1,2,x', z.array(z.int()))[0], [1, 2, 'x'])
  assert.equal(read('1,2', z.tuple([z.string(), z.int()]))[0], ['1', 2])
})

types('reads lists as JSON, too, so that they may hold objects, lists and commas', () => {
  const rates = z.array(z.object({ from: z.string(), to: z.string() }))
  assert.equal(read(' [{"from":"eur","to":"usd"}]', rates)[0], [{ from: 'eur', to: 'usd' }])
  assert.equal(read('[[1,2],[3]]', z.array(z.array(z.int())))[0], [[1, 2], [3]])
  assert.equal(read('["a,b"]', z.array(z.string()))[0], ['a,b'])
  assert.equal(read('[a],b', z.array(z.string()))[0], ['[a]', 'b'])
  assert.equal(read('[1]', z.array(z.string())), [[1], '[1]'])
})

types('splits nothing that is meant as JSON at its commas, and is none', () => {
  const names = z.array(z.string())
  for (const text of ['["ann","bob",]', '["ann"', '[{"a":1},{']) assert.equal(read(text, names), [text])
})

types('reads objects as JSON, and enumerated values by their text', () => {
  assert.equal(read('{"a":1}', z.object({ a: z.int() }))[0], { a: 1 })
  assert.equal(read('{a:1}', z.object({ a: z.int() })), ['{a:1}'])
  assert.equal(read('2', z.literal([1, 2, 'x'])), [2, '2'])
  assert.equal(read('1', z.literal(1)), [1, '1'])
})

types('offers the specific readings of a union first, the text itself last', () => {
  assert.equal(read('7', z.union([z.string(), z.number()])), [7, '7'])
  assert.equal(read('true', z.union([z.string(), z.boolean()])), [true, 'true'])
})

types('reads back every number, boolean and string that it is given as text', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0))
  fc.assert(fc.property(number, (value) => assert.is(read(String(value), z.number())[0], value)))
  fc.assert(fc.property(fc.boolean(), (value) => assert.is(read(String(value), z.boolean())[0], value)))
  fc.assert(fc.property(fc.string(), (value) => assert.equal(read(value, z.string()), [value])))
})

types('tells what may stand as a flag without a value', () => {
  assert.ok(isSwitch(json(z.boolean().default(false))))
  assert.ok(isSwitch(json(z.boolean().nullable())))
  assert.not(isSwitch(json(z.union([z.boolean(), z.string()]))))
  assert.ok(takesBoolean(json(z.union([z.boolean(), z.string()]))))
  assert.not(takesBoolean(json(z.string())))
})

types.run()
