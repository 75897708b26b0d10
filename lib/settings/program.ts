/**
 * What the program itself passes: objects of settings, imported modules, and paths of settings files.
 *
 * Values must already have the right type here: nothing is read from text.
 */
import { types } from 'node:util'
import type { z } from 'zod'
import type { NoExtra, SettingsInput } from './core.js'
import { readSettingsFile } from './file.js'
import type { Fields, Reading } from './given.js'
import { readModule, readObjectOnly } from './module.js'

/**
 * One source of settings: an object of them; the path or `file:` URL of a JSON or YAML file, or of a module; or an
 * imported module (`import * as settings from './settings.js'`). The default export of a module is the object of
 * settings; where it has none, its named exports are the settings.
 */
export type Source<Extra extends z.ZodRawShape = NoExtra> =
  | string
  | URL
  | SettingsInput<Extra>
  | { readonly default: SettingsInput<Extra> }

/** Reads the program's `number`th source, counted from 1. */
export async function readProgramSource(source: unknown, number: number, fields: Fields): Promise<Reading> {
  if (typeof source === 'string' || source instanceof URL) return readSettingsFile(source, fields)
  const where = `source ${number}`
  if (isModule(source)) return readModule(source, { kind: 'module', where }, fields)
  return readObjectOnly(source, { kind: 'program', where }, fields)
}

// A module that was compiled to CommonJS is an ordinary object that carries a mark.
function isModule(source: unknown): source is object {
  if (types.isModuleNamespaceObject(source)) return true
  return typeof source === 'object' && source !== null && '__esModule' in source && source.__esModule === true
}
