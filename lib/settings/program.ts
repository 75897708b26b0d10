/**
 * What the program itself passes: objects of settings, imported modules, and paths of settings files.
 *
 * Values must already have the right type here: nothing is read from text.
 */
import { types } from 'node:util'
import type { z } from 'zod'
import type { NoExtra, SettingsInput } from './core.js'
import { readSettingsFile } from './file.js'
import { type Fields, type Reading, readObject } from './given.js'
import type { Origin } from './origin.js'
import { kindOf } from './show.js'

/**
 * One source of settings: an object of them; the path or `file:` URL of a JSON or YAML file; or an imported module
 * (`import * as settings from './settings.js'`), whose default export is the object of settings where it has one,
 * and whose named exports are the settings where it has none.
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
  return readPlainObject(source, { kind: 'program', where }, fields)
}

function readModule(module: object, origin: Origin, fields: Fields): Promise<Reading> | Reading {
  if ('default' in module) return readPlainObject(module.default, origin, fields)
  // The mark of a compiled module is not a setting.
  const { __esModule: _, ...named } = module as Record<string, unknown>
  return readObject(named, origin, fields)
}

function readPlainObject(source: unknown, origin: Origin, fields: Fields): Reading {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    const message = `expected an object of settings, a module or the path of a file, got ${kindOf(source)}`
    return { given: [], problems: [{ name: '', origin, message }] }
  }
  return readObject(source, origin, fields)
}

// A module that was compiled to CommonJS is an ordinary object that carries a mark.
function isModule(source: unknown): source is object {
  if (types.isModuleNamespaceObject(source)) return true
  return typeof source === 'object' && source !== null && '__esModule' in source && source.__esModule === true
}
