/** Runs code that an administrator types, in the program's own process. */
import vm from 'node:vm'
import type { Clock } from '../clock.js'
import { TimeoutError } from '../errors.js'
import { abortable, within } from '../wait.js'

/** Where the code finds its names; there only while it begins to run. */
const SCOPE = Symbol.for('mara-ts.console')
/** How long it may keep the process busy, in milliseconds: nobody is served meanwhile. */
const BUSY = 1_000
/** How long its promise is waited for, in milliseconds. */
const PATIENCE = 10_000

export interface EvaluateOptions {
  /** What the code can use, by name. */
  readonly scope: Readonly<Record<string, unknown>>
  readonly clock: Clock
  /** Aborts when nobody waits for the result any more. */
  readonly signal: AbortSignal
  readonly busy?: number
  readonly patience?: number
}

/**
 * The value of an expression, or of what statements `return`. It may `await`.
 *
 * @throws whatever the code throws.
 * @throws TimeoutError where it does not come to an end. What runs in the background goes on.
 */
export async function evaluate(code: string, options: EvaluateOptions): Promise<unknown> {
  const { scope, clock, signal, busy = BUSY, patience = PATIENCE } = options
  const script = compile(code, Object.keys(scope))
  const holder = globalThis as { [SCOPE]?: unknown }
  let begun: Promise<unknown>
  holder[SCOPE] = scope
  try {
    begun = script.runInThisContext({ timeout: busy }) as Promise<unknown>
  } finally {
    delete holder[SCOPE]
  }
  // Whoever gives up must not leave a rejection behind that ends the process.
  begun.catch(() => {})
  if (!(await within(clock, patience, abortable(begun, signal)))) {
    throw new TimeoutError('The code, which goes on in the background,', patience)
  }
  return begun
}

/** As an expression where it is one, else as statements. @throws SyntaxError */
function compile(code: string, names: readonly string[]): vm.Script {
  // Node of today calls this experimental, and warns: so it is asked for only by code that needs it.
  const loader = /\bimport\s*\(/.test(code)
    ? { importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }
    : {}
  const wrapped = (body: string): vm.Script =>
    new vm.Script(
      `(async ({ ${names.join(', ')} }) => {${body}\n})(globalThis[Symbol.for('${SCOPE.description}')])`,
      {
        filename: 'console',
        // The wrapper's own text, so that places in errors are those of the code.
        lineOffset: -1,
        ...loader,
      },
    )
  try {
    return wrapped(` return (\n${code}\n)`)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return wrapped(`\n${code}`)
  }
}
