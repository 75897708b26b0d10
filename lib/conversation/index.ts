/**
 * Handlers that survive restarts and crashes in the middle of a conversation: the subpath `mara-ts/conversation`. What a
 * handler asks its client needs nothing of this; what it gets from elsewhere does.
 */
export type { Attempt } from './conversation.js'
export { RecordedError, StepError } from './errors.js'
export { type Leave, leave, loop } from './loop.js'
export { now, random, step } from './step.js'
