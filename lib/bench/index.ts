/** Types and errors for scripts of `mara bench`, and for programs that read its reports: `mara-ts/bench`. */
export { BenchError, BenchOverError } from './errors.js'
export type { Example, Failures, Phase } from './failures.js'
export type { Percentiles, Quantile } from './latencies.js'
export type { BenchReport, End, Finding, GeneratorFigures } from './report.js'
export type { AskOptions, Bench, MeasureOptions, Script } from './script.js'
export type { Step } from './timeline.js'
