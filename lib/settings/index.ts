/**
 * The settings room's door: what the rest of the library uses of it.
 */
export { type Collected, type CollectOptions, collect, type SettingRow } from './collect.js'
export { asksForHelp } from './command-line.js'
export {
  type CoreSettings,
  type CoreShape,
  coreShape,
  type NoExtra,
  type Settings,
  type SettingsInput,
  secret,
} from './core.js'
export { describeProblem, type Problem, SettingsDefinitionError, SettingsError } from './errors.js'
export { type HelpOptions, helpText } from './help.js'
export { describeOrigin, type Origin } from './origin.js'
export type { Source } from './program.js'
export { defineSettings, type Field, type SettingsSchema } from './schema.js'
