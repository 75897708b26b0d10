import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { describeOrigin } from '../../lib/settings/origin.js'

const origin = suite('settings/origin')

origin('reads well for every kind', () => {
  assert.is(describeOrigin({ kind: 'default', where: '' }), 'default')
  assert.is(describeOrigin({ kind: 'program', where: 'source 1' }), 'the program, source 1')
  assert.is(describeOrigin({ kind: 'module', where: 'source 2' }), 'a module, source 2')
  assert.is(describeOrigin({ kind: 'file', where: 'chat.yaml' }), 'file chat.yaml')
  assert.is(describeOrigin({ kind: 'environment', where: 'MARA_PORT' }), 'variable MARA_PORT')
  assert.is(describeOrigin({ kind: 'command line', where: '--port' }), 'flag --port')
  assert.is(describeOrigin({ kind: 'command line', where: '' }), 'the command line')
})

origin('shows a hostile path harmlessly', () => {
  assert.is(describeOrigin({ kind: 'file', where: 'a\u001b[2J.yaml' }), 'file a\\x1b[2J.yaml')
})

origin.run()
