/**
 * Loaded into every peer that runs on Node, before anything else: SIGUSR2 collects garbage, so that memory is compared and
 * not how long ago the last collection was.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
process.on('SIGUSR2', () => {
  for (let i = 0; i < 4; i++) collect()
})
