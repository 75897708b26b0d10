/**
 * Settings modules: a program passes one that it has imported, or a path names one as it would name a settings file.
 *
 * The default export is the object of settings; where there is none, the named exports are the settings.
 */
import { pathToFileURL } from 'node:url'
import { types } from 'node:util'
import { type Fields, type Reading, readObject } from './given.js'
import type { Origin } from './origin.js'
import { kindOf, plain } from './show.js'

const extensions = /\.[cm]?[jt]s$/i

/** Whether a path names a module: only its extension says so. */
export function isModulePath(path: string): boolean {
  return extensions.test(path)
}

/** Imports the module that a path names. TypeScript needs a process that can run it: `mara run` sees to that. */
export async function readModuleFile(path: string | URL, origin: Origin, fields: Fields): Promise<Reading> {
  let module: object
  try {
    module = (await import(path instanceof URL ? path.href : pathToFileURL(path).href)) as object
  } catch (error) {
    return { given: [], problems: [{ name: '', origin, message: `cannot be loaded: ${whyNot(error)}` }] }
  }
  return readModule(module, origin, fields)
}

/** @param module as `import` gives it. */
export function readModule(module: object, origin: Origin, fields: Fields): Reading {
  if ('default' in module) return readObjectOnly(module.default, origin, fields)
  // The mark of a compiled module is not a setting.
  const { __esModule: _, ...named } = module as Record<string, unknown>
  return readObject(named, origin, fields)
}

/** Reads what must be an object of settings, and may be anything. */
export function readObjectOnly(source: unknown, origin: Origin, fields: Fields): Reading {
  // It has no properties, and so would be taken for an object that sets nothing.
  const isPromise = types.isPromise(source)
  if (typeof source !== 'object' || source === null || Array.isArray(source) || isPromise) {
    const got = isPromise ? 'a promise: await it' : kindOf(source)
    const message = `expected an object of settings, a module or the path of a file, got ${got}`
    return { given: [], problems: [{ name: '', origin, message }] }
  }
  return readObject(source, origin, fields)
}

/** An error of syntax quotes the module, and a secret may stand in the quoted text. */
function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${kindOf(error)}`
  if (error.name === 'SyntaxError' || error.name === 'TransformError') {
    return 'it is not valid; `node --check FILE` or `tsc` shows where'
  }
  if ((error as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return `Node ${process.versions.node} can't run TypeScript by itself; start the program with mara run, or with node --import tsx`
  }
  return plain(`${error.name}: ${error.message}`)
}
