/**
 * Microbenchmarks of the rooms that every line passes, so that a regression names its room. `npm run bench -- micro`, and
 * with `--compare=REV` against an earlier revision.
 */
import { parseArgs } from 'node:util'
import { compileBenchmarks } from '../support/build.js'
import { buildBoth } from '../support/revision.js'
import { compareMicro, showMicro } from './rounds.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Milliseconds for each case in each round. */
    ms: { type: 'string', default: '200' },
    rooms: { type: 'string', default: '' },
    compare: { type: 'string' },
  },
})
const options = {
  rounds: Number(values.rounds),
  ms: Number(values.ms),
  rooms: values.rooms.split(',').filter((name) => name !== ''),
}

compileBenchmarks()
if (values.compare === undefined) await showMicro(options)
else await compareMicro(buildBoth(values.compare), options)
