/**
 * Services and clients in other async pipelines. The subpath `mara-ts/streams`.
 *
 * This is the only entry that loads ix and it-pushable.
 */
export type { WhenFull } from './buffer.js'
export { clients } from './clients.js'
export { BufferFullError, InvalidSourceError, LineTooLongError } from './errors.js'
export { events, type ReaderOptions } from './events.js'
export { type LineSource, type LinesOptions, lines } from './lines.js'
export { merge } from './merge.js'
export { type Operator, type TimeoutOptions, takeUntil, timeout, withAbort } from './operators.js'
export { type PipeOptions, pipe, type Sink, sink } from './pipe.js'
export type { Stream } from './stream.js'
