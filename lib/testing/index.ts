/** What programs' own tests import: the subpath `mara-ts/testing`. */
export { FakeClock, FakeClockError, type FakeClockOptions } from './clock.js'
export { UnexpectedTextError } from './errors.js'
export { connectTo, Player, type PlayerOptions } from './player.js'
export {
  everyRestartPoint,
  RestartPointError,
  type RestartPointOptions,
  type Scenario,
} from './restart-points.js'
export { Transcript } from './transcript.js'
