import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { coreShape } from '../../lib/settings/core.js'
import { nearest } from '../../lib/settings/suggest.js'

const suggest = suite('settings/suggest')
const names = Object.keys(coreShape)

suggest('finds the name behind a slip of the finger', () => {
  assert.is(nearest('prot', names), 'port')
  assert.is(nearest('hsot', names), 'host')
  assert.is(nearest('maxLineLenght', names), 'maxLineLength')
  assert.is(nearest('telnt', names), 'telnet')
  assert.is(nearest('lo', names), 'log')
})

suggest('knows a name in the spelling of another place', () => {
  assert.is(nearest('max-line-length', names), 'maxLineLength')
  assert.is(nearest('MAX_LINE_LENGTH', names), 'maxLineLength')
  assert.is(nearest('storepath', names), 'storePath')
})

suggest('keeps silent where no name is near', () => {
  for (const name of ['colour', 'x', '', '__proto__', 'verbose'])
    assert.is(nearest(name, names), undefined, name)
})

suggest.run()
