/**
 * Loads a program into this process as if Node had been started with it: same arguments, same import. What keeps it
 * from loading is told in a message; what it throws itself is left as it is.
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { launchedBy } from '../inspection.js'
import { readCommandLine } from '../settings/index.js'
import { ProgramError } from './errors.js'
import { EXTENSIONS, findProgram } from './find.js'
import { isTypeScript, prepareTypeScript } from './typescript.js'

/**
 * Imports a program; resolves when its top level is done.
 *
 * @param settings what the program finds in `process.argv` after its own path.
 * @throws ProgramError, or whatever the program throws.
 */
export async function loadProgram(file: string, settings: readonly string[]): Promise<void> {
  const program = findProgram(file)
  await prepareFor(program, settings)
  process.argv = [process.execPath, program, ...settings]
  launchedBy(`mara run ${file}`)
  await importFile(program)
}

/**
 * Imports a module that is no program of its own, such as a script that a command runs, and gives what it exports.
 *
 * @throws ProgramError, or whatever the module throws.
 */
export async function loadModule(file: string): Promise<object> {
  const found = findProgram(file)
  await prepareFor(found, [])
  return importFile(found)
}

async function importFile(path: string): Promise<object> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    throw explained(error, path)
  }
}

/**
 * Makes this process able to import a program and the settings modules that its command line names.
 *
 * @throws ProgramError
 */
export async function prepareFor(program: string, settings: readonly string[]): Promise<void> {
  const files = readCommandLine(settings).files.map((file) => path.resolve(file))
  for (const file of [program, ...files]) if (isTypeScript(file)) await prepareTypeScript(file)
}

/** A ProgramError where the program could not be loaded; the error itself where the program was running already. */
export function explained(error: unknown, program: string): unknown {
  if (!(error instanceof Error)) return error
  const { code, name, message } = error as NodeJS.ErrnoException
  const because = (text: string) => new ProgramError(text, { cause: error })
  if (name === 'TransformError') return because(tsxProblem(message))
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    const relative = /'\.{0,2}[\\/]/.test(message)
    return because(relative ? message : `${message}\nIs it installed? (npm install)`)
  }
  // Node 20 and newer Nodes name it differently.
  if (code === 'ERR_IMPORT_ASSERTION_TYPE_MISSING' || code === 'ERR_IMPORT_ATTRIBUTE_MISSING')
    return because(`${program} is no program. If it holds settings, name it behind the program's file.`)
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return because(`${message}. A program's file ends in ${EXTENSIONS.join(', ')}.`)
  if (error instanceof SyntaxError && isFromLoader(error)) return because(syntaxProblem(error, program))
  return error
}

/** esbuild, which works for tsx, has a heading before its list of places. */
function tsxProblem(message: string): string {
  const places = message.replace(/^Transform failed with .*:\n/, '')
  if (!places.includes('"cjs" output format')) return places
  return `${places}\nSet "type": "module" in the project's package.json, or rename the file to end in .mts.`
}

/** A program may also throw a SyntaxError of its own, from JSON.parse say. */
function isFromLoader({ stack = '' }: SyntaxError): boolean {
  return /^\s+at .*/m.exec(stack)?.[0].includes('node:internal/modules/') ?? false
}

function syntaxProblem(error: SyntaxError, program: string): string {
  const hint =
    (error as NodeJS.ErrnoException).code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
      ? '\nNode only removes types. For all of TypeScript, install tsx in the project: npm install tsx'
      : ''
  const place = withoutFrames(error.stack ?? '')
  if (!place.startsWith('SyntaxError')) return place + hint
  // Node keeps the place of an error in a module to itself, and prints it only where nobody catches the error.
  const { stderr } = spawnSync(process.execPath, ['--check', program], { encoding: 'utf8' })
  const checked = withoutFrames(stderr)
  return checked === ''
    ? `${place}\nThe error is in a file that ${program} imports. node --check FILE shows where.`
    : checked
}

function withoutFrames(stack: string): string {
  return stack.split(/\n\s+at /, 1)[0]?.trim() ?? ''
}
