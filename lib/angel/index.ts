/** The public surface of the angel: what runs a service under one, and what asks it. */
export { askAngel } from './ask.js'
export type { Answers } from './control.js'
export { runAngel } from './run.js'
