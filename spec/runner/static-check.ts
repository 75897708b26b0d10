// Finds what a run cannot show: a suite that is declared and never run leaves no trace in what uvu prints, nor do tests
// registered after the last `.run()`, nor the tests that a forgotten `.only` left out.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { lineAt, maskSource } from './source.js'

export interface SourceCheck {
  /** What is wrong, each with its place. */
  readonly problems: readonly string[]
  /** Titles of the tests given to `.skip()`: uvu counts them and keeps no names. */
  readonly skippedNames: readonly string[]
  /** Relative modules this file names, as paths from the root. */
  readonly imports: readonly string[]
}

/**
 * Checks a spec file and the helpers under `spec/` that it imports, which may declare suites of their own.
 *
 * @param root directory that `file` is relative to
 */
export function checkSpec(root: string, file: string, seen = new Set<string>()): SourceCheck {
  seen.add(file)
  const checks = [checkSource(file, readFileSync(join(root, file), 'utf8'))]
  for (const path of checks[0]?.imports ?? []) {
    if (path.startsWith('spec/') && !seen.has(path) && existsSync(join(root, path))) {
      checks.push(checkSpec(root, path, seen))
    }
  }
  return {
    problems: checks.flatMap((check) => check.problems),
    skippedNames: checks.flatMap((check) => check.skippedNames),
    imports: checks.flatMap((check) => check.imports),
  }
}

/** Checks the text of one file; `file` is its path from the root, for messages and for relative imports. */
export function checkSource(file: string, source: string): SourceCheck {
  const code = maskSource(source)
  const problems: string[] = []
  const skippedNames: string[] = []
  const place = (offset: number): string => `${file}:${lineAt(source, offset)}`

  for (const only of code.matchAll(/\.\s*only\s*\(/g)) {
    problems.push(`${place(only.index)}: .only leaves every other test of its suite out: take it away`)
  }

  const imported = importsOfUvu(source, code)
  for (const offset of imported.whole) {
    problems.push(
      `${place(offset)}: import { test } or { suite } from 'uvu' by name, so that its .run() can be checked`,
    )
  }

  // Where each suite begins to exist; blocks may use one name for several suites.
  const suites = new Map<string, number[]>(imported.tests.map((test) => [test.name, [test.offset]]))
  for (const { name: factory } of imported.factories) {
    const named = new Set<number>()
    for (const declared of code.matchAll(
      calls(`(?:const|let|var)\\s+([\\w$]+)\\s*(?::[^=;]*)?=\\s*${escapeName(factory)}\\s*[<(]`),
    )) {
      const name = declared[1] ?? ''
      suites.set(name, [...(suites.get(name) ?? []), declared.index])
      named.add(declared.index + declared[0].length)
    }
    for (const call of code.matchAll(calls(`${escapeName(factory)}\\s*[<(]`))) {
      if (named.has(call.index + call[0].length)) continue
      problems.push(
        `${place(call.index)}: declare the suite as "const NAME = ${factory}(...)", so that its .run() can be checked`,
      )
    }
  }

  for (const [name, declarations] of suites) {
    const runs = [...code.matchAll(calls(`${escapeName(name)}\\s*\\.\\s*run\\s*\\(`))]
    const lastRun = runs.at(-1)
    if (runs.length < declarations.length) {
      problems.push(
        `${place(declarations[0] ?? 0)}: ${name}.run() is missing, so the tests of ${name} never run`,
      )
    } else if (lastRun !== undefined) {
      const uses = code.matchAll(calls(`${escapeName(name)}\\s*(?:\\(|\\.\\s*(?:skip|before|after)\\b)`))
      const late = [...uses].find((use) => use.index > lastRun.index)
      if (late !== undefined) {
        problems.push(`${place(late.index)}: this comes after the last ${name}.run(), so it never runs`)
      }
    }
    for (const skip of code.matchAll(calls(`${escapeName(name)}\\s*\\.\\s*skip\\s*\\(\\s*(?=['"\`])`))) {
      skippedNames.push(literalAt(source, code, skip.index + skip[0].length))
    }
  }

  return { problems, skippedNames, imports: relativeModules(file, source, code) }
}

interface Binding {
  readonly name: string
  readonly offset: number
}

/** What the file imports from uvu: `test` and `suite` under their local names, and imports of uvu as a whole. */
function importsOfUvu(source: string, code: string) {
  const tests: Binding[] = []
  const factories: Binding[] = []
  const whole: number[] = []
  for (const found of code.matchAll(/\bimport\s+(?!type\b)([^'";]*?)\s*\bfrom\s*(?=['"])/g)) {
    if (literalAt(source, code, found.index + found[0].length) !== 'uvu') continue
    const clause = found[1] ?? ''
    const names = /^\{([^}]*)\}$/.exec(clause)?.[1]
    if (names === undefined) whole.push(found.index)
    for (const entry of names?.split(',') ?? []) {
      const [imported, local = imported] = entry.trim().split(/\s+as\s+/)
      if (imported === 'test') tests.push({ name: local ?? '', offset: found.index })
      if (imported === 'suite') factories.push({ name: local ?? '', offset: found.index })
    }
  }
  return { tests, factories, whole }
}

/** Every `./x.js` or `../x.js` that an import or export names, as the path of its TypeScript file. */
function relativeModules(file: string, source: string, code: string): string[] {
  const modules: string[] = []
  for (const found of code.matchAll(/\b(?:import|export)\b[^'";]*(?=['"])/g)) {
    const specifier = literalAt(source, code, found.index + found[0].length)
    if (/^\.\.?\/.*\.[jt]s$/.test(specifier)) {
      const path = normalize(join(dirname(file), specifier)).replaceAll('\\', '/')
      modules.push(path.replace(/\.js$/, '.ts'))
    }
  }
  return modules
}

/** The text of the literal whose opening quote is at `offset`. */
function literalAt(source: string, code: string, offset: number): string {
  const end = code.indexOf(code.charAt(offset), offset + 1)
  return source.slice(offset + 1, end === -1 ? undefined : end)
}

/** Matches `pattern` where it begins a name of its own: no part of a longer word, and no member of something else. */
function calls(pattern: string): RegExp {
  return new RegExp(`(?<![\\w$.])${pattern}`, 'g')
}

function escapeName(name: string): string {
  return name.replaceAll('$', '\\$')
}
