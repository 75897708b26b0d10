import { once } from 'node:events'
import { memoryPair } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AngelProcess } from '../../lib/testing/angel-process.js'
import { ProcessTheatre } from '../../lib/testing/process-theatre.js'
import { rejection } from '../support/service.js'

const test = suite('a theatre of processes')

test('a connection that can not be dialled ends at once, and the play fails for that reason', async () => {
  const angel = { addresses: async () => [] } as unknown as AngelProcess
  const reason = new Error('no line')
  const dial = (): never => {
    throw reason
  }
  const theatre = new ProcessTheatre(
    async () => angel,
    async () => {},
    dial,
  )
  await theatre.start()
  const [ann, service] = memoryPair()
  theatre.accept(service)
  ann.resume()
  await once(ann, 'end')
  assert.is(await rejection(theatre.stop()), reason)
})

test.run()
