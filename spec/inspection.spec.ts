import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inspecting, inspection, launchCommand, launchedBy } from '../lib/inspection.js'

const inspections = suite('inspection')

inspections('nobody inspects unless someone said so, nor after they are done', () => {
  assert.is(inspection(), undefined)
  const inspector = () => new Promise<never>(() => {})
  const done = inspecting(inspector)
  assert.is(inspection(), inspector)
  done()
  assert.is(inspection(), undefined)
})

inspections('another copy of the package sees the same inspector', async () => {
  const copy = (await import(`../lib/inspection.js${'?copy'}`)) as typeof import('../lib/inspection.js')
  assert.is.not(copy.inspection, inspection)
  const inspector = () => new Promise<never>(() => {})
  const done = copy.inspecting(inspector)
  assert.is(inspection(), inspector)
  done()
})

inspections('a program is named as its user started it', () => {
  assert.is(launchCommand(), `node ${process.argv[1]}`)
  launchedBy('mara run chat.ts')
  assert.is(launchCommand(), 'mara run chat.ts')
})

inspections.run()
