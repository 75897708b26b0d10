import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { collect } from '../../lib/settings/collect.js'
import { SettingsDefinitionError } from '../../lib/settings/errors.js'
import { defineSettings, variableName } from '../../lib/settings/schema.js'

const schema = suite('settings/schema')

function refusal(extra: Record<string, unknown>): string {
  try {
    defineSettings(extra as z.ZodRawShape)
  } catch (error) {
    assert.instance(error, SettingsDefinitionError)
    return (error as Error).message
  }
  return assert.unreachable('the definition was accepted') as never
}

schema('gives a program its own settings beside the core, typed', async () => {
  const { values } = await collect(
    defineSettings({ motd: z.string().default('Hi'), rooms: z.int().optional() }),
    {
      sources: [{ port: 7000, rooms: 3 }],
    },
  )
  const motd: string = values.motd
  const rooms: number | undefined = values.rooms
  const port: number = values.port
  assert.equal([motd, rooms, port], ['Hi', 3, 7000])
  // @ts-expect-error: a name that no shape has is no property
  assert.is(values.nothing, undefined)
})

schema('refuses a name of the core', () => {
  assert.match(refusal({ port: z.string() }), /setting port: the core has one/)
})

schema('refuses a name that cannot be a flag, a variable and a key', () => {
  const proto = Object.defineProperty({}, '__proto__', { value: z.string(), enumerable: true })
  for (const bad of [
    { 'max-lines': z.int() },
    { Motd: z.string() },
    { '': z.string() },
    { 'a=b': z.string() },
    proto,
  ]) {
    assert.match(refusal(bad), /not camelCase/)
  }
  for (const name of ['help', 'default']) assert.match(refusal({ [name]: z.string() }), /is reserved/)
})

schema('refuses two names of one environment variable', () => {
  const message = refusal({ baseURL: z.string(), baseUrl: z.string() })
  assert.match(message, /baseUrl/)
  assert.match(message, /baseURL/)
  assert.match(message, /MARA_BASE_URL/)
  assert.match(refusal({ logfile: z.string(), logFILE: z.string() }), /MARA_LOG_FILE/)
})

schema('refuses what is not a zod 4 schema', () => {
  for (const bad of ['string', null, undefined, {}, String, { parse: () => 1, _def: {} }]) {
    assert.match(refusal({ motd: bad }), /motd: not a zod 4 schema/)
  }
})

schema('names the variable of a setting in upper case with underscores', () => {
  assert.is(variableName('port'), 'MARA_PORT')
  assert.is(variableName('maxLineLength'), 'MARA_MAX_LINE_LENGTH')
  assert.is(variableName('baseURLPath'), 'MARA_BASE_URL_PATH')
  assert.is(variableName('ipv4Only'), 'MARA_IPV4_ONLY')
})

schema('gives any camelCase name a variable that shells can set', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][A-Za-z0-9]{0,20}$/), (name) => {
      const variable = variableName(name)
      assert.match(variable, /^MARA_[A-Z0-9]+(_[A-Z0-9]+)*$/)
      assert.is(variable.slice(5).replaceAll('_', ''), name.toUpperCase())
    }),
  )
})

schema('keeps the definitions of two programs apart', () => {
  defineSettings({ motd: z.string() })
  assert.not(defineSettings().fields.has('motd'))
})

schema.run()
