/** What can go wrong with a load generator itself. */
import { MaraError } from '../errors.js'

/** A load generator can't begin: its script has no function to run, or a process of it could not start. */
export class BenchError extends MaraError {
  readonly code = 'MARA_BENCH'
}

/** The time of `mara bench` is up: a script asks for something that no one measures any more. Let it leave the script. */
export class BenchOverError extends MaraError {
  readonly code = 'MARA_BENCH_OVER'

  constructor() {
    super(
      'The time of this run is up: nothing more is asked. Let this error leave the script to end it quietly.',
    )
  }
}
