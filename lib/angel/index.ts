/** The public surface of the angel: what runs a service under one, and what asks it. */
export type { AngelStatus } from './angel.js'
export { askAngel } from './ask.js'
export type { Answers } from './control.js'
export {
  AngelRunningError,
  ControlError,
  ControlFolderError,
  NoAngelRunningError,
} from './errors.js'
export { runAngel } from './run.js'
export type { Restarted } from './supervisor-state.js'
