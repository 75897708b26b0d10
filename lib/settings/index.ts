/**
 * The settings room's door: what the rest of the library uses of it.
 */
export { type Collected, type CollectOptions, collect, type SettingRow, wantsAngel } from './collect.js'
export { readCommandLine } from './command-line.js'
export {
  type CoreSettings,
  coreShape,
  type NoExtra,
  type Settings,
  type SettingsInput,
  secret,
} from './core.js'
export { describeProblem, type Problem, SettingsDefinitionError, SettingsError } from './errors.js'
export { helpText } from './help.js'
export { describeOrigin } from './origin.js'
export type { Source } from './program.js'
export { defineSettings, type SettingsSchema } from './schema.js'
