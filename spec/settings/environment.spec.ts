import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readEnvironment } from '../../lib/settings/environment.js'
import { defineSettings } from '../../lib/settings/schema.js'

const environment = suite('settings/environment')
const { fields } = defineSettings()

environment('reads the variable of every setting', () => {
  for (const field of fields.values()) {
    const { given, warnings } = readEnvironment({ [field.variable]: 'x' }, fields)
    assert.is(given[0]?.field, field)
    assert.is(given[0]?.text, 'x')
    assert.equal(given[0]?.origin, { kind: 'environment', where: field.variable })
    assert.equal(warnings, [])
  }
})

environment('offers the value in the type the setting takes', () => {
  const { given } = readEnvironment({ MARA_PORT: '7000' }, fields)
  assert.is(given[0]?.readings[0], 7000)
})

environment('takes an empty variable for one that is not set', () => {
  assert.equal(readEnvironment({ MARA_PORT: '', MARA_PROT: '', MARA_HOST: undefined }, fields), {
    given: [],
    warnings: [],
  })
})

environment('warns of an unknown variable of its prefix, with the nearest name and without the value', () => {
  const { given, warnings } = readEnvironment({ MARA_PROT: 'hunter2', MARA_SERVICE_HOST: '10.0.0.1' }, fields)
  assert.equal(given, [])
  assert.equal(
    warnings.map(({ origin, message }) => `${origin.where} ${message}`),
    [
      'MARA_PROT is ignored: no such setting; did you mean MARA_PORT?',
      'MARA_SERVICE_HOST is ignored: no such setting',
    ],
  )
})

environment('leaves every other variable alone', () => {
  assert.equal(readEnvironment({ PORT: '1', PATH: '/bin', MARATHON: '1', mara_port: '1' }, fields), {
    given: [],
    warnings: [],
  })
})

environment.run()
