import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { coreShape, secret } from '../../lib/settings/core.js'
import { defineSettings } from '../../lib/settings/schema.js'

const core = suite('settings/core')

core('has a description for every core setting', () => {
  for (const { name, description } of defineSettings().fields.values())
    assert.ok(description.length > 10, name)
})

core('has the limits and their defaults (rule 19)', () => {
  const defaults = Object.fromEntries(
    [...defineSettings().fields.values()].map((field) => [field.name, field.default]),
  )
  assert.is(defaults.maxLineLength, 65536)
  assert.is(defaults.maxUnreadLines, 256)
  assert.is(defaults.maxUnreadBytes, 262144)
  assert.is(defaults.maxUnsentBytes, 1048576)
  assert.is(defaults.maxSubnegotiation, 8192)
  assert.is(defaults.maxTelnetReplies, 100)
  assert.is(defaults.maxTelnetEvents, 100)
  assert.is(defaults.connectTimeout, 120_000)
  assert.is(defaults.idleTimeout, 0)
  assert.is(defaults.maxConnections, 10000)
  assert.is(defaults.maxConnectionsPerAddress, undefined)
  assert.is(defaults.maxConnectionRate, undefined)
})

core('takes 0 for a limit of time, which turns it off, and no part of a millisecond (rule 19)', () => {
  for (const schema of [coreShape.connectTimeout, coreShape.idleTimeout]) {
    for (const bad of [-1, 1.5, Number.POSITIVE_INFINITY, '50']) assert.not(schema.safeParse(bad).success)
    assert.ok(schema.safeParse(0).success)
  }
})

core('takes no limit below one, and no part of one (rule 19)', () => {
  const limits = Object.entries(coreShape).filter(([name]) => name.startsWith('max') || name === 'lineBudget')
  assert.is(limits.length, 13)
  for (const [name, schema] of limits) {
    for (const bad of [0, -1, 1.5, Number.POSITIVE_INFINITY]) {
      assert.not(schema.safeParse(bad).success, `${name} took ${bad}`)
    }
    assert.ok(schema.safeParse(1).success, name)
  }
})

const isSecret = (schema: z.ZodType) => defineSettings({ token: schema }).fields.get('token')?.secret

core('keeps the mark of a secret through whatever is chained after it', () => {
  const marked = secret(z.string())
  const chained: Record<string, z.ZodType> = {
    marked,
    min: marked.min(3),
    refine: marked.refine(() => true),
    brand: marked.brand('Token'),
    describe: marked.describe('a token'),
    meta: marked.meta({ title: 'a token' }),
    optional: marked.optional(),
    nullable: marked.nullable(),
    default: marked.default('x'),
    transform: marked.transform(Number),
    pipe: z.string().pipe(marked),
    preprocess: z.preprocess((value) => value, marked),
    object: z.object({ inner: z.array(marked) }),
    union: z.union([z.number(), marked]),
    lazy: z.lazy(() => marked),
    byMeta: z.string().meta({ secret: true }).min(3),
  }
  for (const [how, schema] of Object.entries(chained)) assert.is(isSecret(schema), true, how)
  assert.is(isSecret(z.string().describe('secret')), false)
})

core('leaves the schema that was made secret as it was, with its description', () => {
  const open = z.string().describe('a word')
  const closed = secret(open)
  assert.is(isSecret(open), false)
  assert.is(defineSettings({ token: closed }).fields.get('token')?.description, 'a word')
})

core.run()
