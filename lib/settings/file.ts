/**
 * Settings files: one JSON or YAML mapping of names to values, or a module (see module.ts).
 *
 * What the parsers say of a bad file quotes it, and a secret may stand in the quoted line: so errors here name the
 * place and the kind of mistake, never the text.
 */
import { readFile } from 'node:fs/promises'
import { type Fields, type Reading, readObject } from './given.js'
import { isModulePath, readModuleFile } from './module.js'
import type { Origin } from './origin.js'
import { kindOf } from './show.js'

const dataExtensions = /\.(json|ya?ml)$/i

/** As it is said to people. */
export const fileEndings = '.json, .yaml, .yml, .js, .mjs, .cjs, .ts, .mts or .cts'

/** Whether a word names a settings file: only its extension says so. */
export function isSettingsFile(path: string): boolean {
  return dataExtensions.test(path) || isModulePath(path)
}

export async function readSettingsFile(path: string | URL, fields: Fields): Promise<Reading> {
  const origin: Origin = { kind: 'file', where: String(path) }
  const wrong = (message: string): Reading => ({ given: [], problems: [{ name: '', origin, message }] })

  if (!isSettingsFile(String(path))) return wrong(`a settings file ends in ${fileEndings}`)
  if (isModulePath(String(path))) return readModuleFile(path, origin, fields)
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    return wrong(`cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`)
  }
  const text = textOf(bytes)
  if (text === undefined) return wrong('is not UTF-8; save it as UTF-8 with an editor')
  const parsed = await parse(text, /json$/i.test(String(path)))
  if ('mistake' in parsed) return wrong(parsed.mistake)

  const { value } = parsed
  if (value === null) return { given: [], problems: [] }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return wrong(`expected a mapping of names to values, got ${kindOf(value)}`)
  }
  return readObject(value, origin, fields)
}

/** Undefined where other characters would stand for bytes that are none: a password would be another one. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

type Parsed = { value: unknown } | { mistake: string }

async function parse(text: string, isJson: boolean): Promise<Parsed> {
  if (isJson) {
    try {
      const value: unknown = JSON.parse(text)
      const line = lineOfSecond(text)
      return line === undefined ? { value } : { mistake: `has a name twice, again at line ${line}` }
    } catch {
      // JSON is YAML as well, so that the YAML parser knows the place, unless it is too lenient to mind.
      const yaml = await parseYaml(text)
      return { mistake: 'mistake' in yaml ? yaml.mistake.replace('YAML', 'JSON') : 'is not valid JSON' }
    }
  }
  return parseYaml(text)
}

/** The first line of a JSON text where an object has a name again, of which `JSON.parse` would take the last. */
function lineOfSecond(json: string): number | undefined {
  const objects: Set<string>[] = []
  for (const { 0: token, index } of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|[{}]/g)) {
    if (token === '{') objects.push(new Set())
    else if (token === '}') objects.pop()
    else if (token.endsWith(':')) {
      const name = JSON.parse(token.slice(0, -1)) as string
      if (objects.at(-1)?.has(name)) return json.slice(0, index).split('\n').length
      objects.at(-1)?.add(name)
    }
  }
  return undefined
}

async function parseYaml(text: string): Promise<Parsed> {
  // Only now: most programs have no such file, and after a crash clients wait for the start of a process.
  const { LineCounter, parseDocument } = await import('yaml')
  const lineCounter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    stringKeys: true,
    logLevel: 'error',
  })
  // A warning is an unknown tag or directive: the value would not be what its writer meant.
  const [first] = [...document.errors, ...document.warnings]
  if (first !== undefined) {
    const { line, col } = lineCounter.linePos(first.pos[0])
    const kind = first.code.toLowerCase().replaceAll('_', ' ')
    return { mistake: `is not valid YAML at line ${line}, column ${col} (${kind})` }
  }
  try {
    return { value: document.toJS() }
  } catch {
    return { mistake: 'is not valid YAML: an alias has no anchor, or there are too many aliases' }
  }
}
