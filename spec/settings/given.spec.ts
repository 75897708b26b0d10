import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { noSuchSetting, readObject } from '../../lib/settings/given.js'
import type { Origin } from '../../lib/settings/origin.js'
import { defineSettings } from '../../lib/settings/schema.js'

const { fields } = defineSettings()
const origin = { kind: 'start' } as unknown as Origin

test('an object of settings gives each value as it is, with where it came from', () => {
  const { given, problems } = readObject({ port: '7000', host: undefined, log: false }, origin, fields)
  assert.equal(problems, [])
  assert.equal(
    given.map(({ field, readings }) => [field.name, readings]),
    [
      ['port', ['7000']],
      ['log', [false]],
    ],
  )
  assert.ok(given.every((one) => one.origin === origin))
})

test('a name that is no setting is a problem, and the others are read', () => {
  const { given, problems } = readObject({ prot: 1, port: 2 }, origin, fields)
  assert.equal(problems, [{ name: 'prot', origin, message: 'no such setting; did you mean port?' }])
  assert.is(given.length, 1)
})

test('a suggestion is spelled as its source spells names, and made only where one is near', () => {
  assert.is(
    noSuchSetting('prot', fields, ({ name }) => `--${name}`),
    'no such setting; did you mean --port?',
  )
  assert.is(
    noSuchSetting('somethingElseAltogether', fields, ({ name }) => name),
    'no such setting',
  )
})

test.run()
