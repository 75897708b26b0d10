import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { memoryBackend } from '../../../lib/storage/index.js'
import { addConformance } from '../support/conformance.js'

const test = suite('storage backend memory')

addConformance(test, { open: memoryBackend })

test('two memory back ends share nothing', async () => {
  const [one, two] = [memoryBackend(), memoryBackend()]
  await one.write('user', 'ann', '1')
  assert.is(await two.read('user', 'ann'), undefined)
})

test.run()
