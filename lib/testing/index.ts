/** What programs' own tests import: the subpath `mara-ts/testing`. */
export { FakeClock, FakeClockError, type FakeClockOptions } from './clock.js'
export { ProgramFailedError, RestartPointError, UnexpectedTextError } from './errors.js'
export { connectAs, type Manners, Persona, type PersonaOptions, personas } from './personas/index.js'
export { connectTo, Player, type PlayerOptions } from './player.js'
export type { Dial } from './process-theatre.js'
export {
  everyRestartPoint,
  type ProgramScenario,
  type RestartPointOptions,
  type Scenario,
} from './restart-points.js'
export { Transcript } from './transcript.js'
