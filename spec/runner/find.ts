// Finds the spec files of a run. Fixtures of the runner are spec files that are red on purpose: they run only where a
// pattern names their folder.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const FIXTURES = 'spec/runner/fixtures/'

/** Every file below `spec/` that ends in `.spec.ts`, fixtures included, as sorted paths from the root with `/` between. */
export function listSpecs(root: string): string[] {
  const folder = join(root, 'spec')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => `spec/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.spec.ts'))
    .sort()
}

/**
 * Chooses from `files` what the patterns ask for: all but the fixtures where there is no pattern.
 *
 * @param patterns each a part of a path, or a glob (`*`, `**`, `?`, `{a,b}`) over the whole path
 * @returns `files` chosen, in their order; `unmatched` patterns, which matched none: likely a slip of the pen
 */
export function selectSpecs(files: readonly string[], patterns: readonly string[]) {
  const chosen = new Set<string>()
  const unmatched: string[] = []
  for (const pattern of patterns.length === 0 ? [''] : patterns) {
    const matches = matcher(pattern)
    const found = files.filter(
      (file) => matches(file) && (!file.startsWith(FIXTURES) || pattern.includes(FIXTURES)),
    )
    if (found.length === 0) unmatched.push(pattern)
    for (const file of found) chosen.add(file)
  }
  return { files: files.filter((file) => chosen.has(file)), unmatched }
}

function matcher(pattern: string): (file: string) => boolean {
  const path = pattern.replace(/^\.\//, '')
  if (!/[*?{]/.test(path)) return (file) => file.includes(path)
  const glob = globToRegExp(path)
  return (file) => glob.test(file)
}

function globToRegExp(glob: string): RegExp {
  const translated = glob.replace(/\*\*\/|\*\*|[*?{},.+^$()|[\]\\]/g, (symbol) => {
    switch (symbol) {
      case '**/':
        return '(?:.*/)?'
      case '**':
        return '.*'
      case '*':
        return '[^/]*'
      case '?':
        return '[^/]'
      case '{':
        return '(?:'
      case '}':
        return ')'
      case ',':
        return '|'
      default:
        return `\\${symbol}`
    }
  })
  return new RegExp(`^${translated}$`)
}
