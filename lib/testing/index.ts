/** What programs' own tests import: the subpath `mara-ts/testing`. */
export { FakeClock, FakeClockError, type FakeClockOptions } from './clock.js'
