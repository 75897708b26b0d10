// Measures which lines of `lib/` the specs reach. Node itself counts, in every process that sees NODE_V8_COVERAGE, so the
// processes that a spec starts are measured as well; c8 then makes a report of it, by the lines of the TypeScript source.
// A process that is killed by SIGKILL writes nothing.

import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { killNode, startNode } from './processes.js'
import { maskSource } from './source.js'

const MIN_LINES = 95

/** Makes a directory for the counts; it is gone when this process is. */
export function makeCoverageDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'coverage-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }))
  return directory
}

/**
 * Prints c8's report, and writes it to `coverage/`.
 *
 * @param counts directory that the spec processes wrote to
 * @returns why the coverage is too low; undefined where it is not
 */
export async function reportCoverage(root: string, counts: string): Promise<string | undefined> {
  const sources = listSources(root)
  if (sources.length === 0) return 'coverage: there is no TypeScript file under lib/'
  keepOnlyLib(root, counts)
  // Nothing loads a file of types alone, so c8 would take every line of it for missed.
  const typesOnly = sources.filter((file) => hasOnlyTypes(readFileSync(join(root, file), 'utf8')))

  const args = [createRequire(import.meta.url).resolve('c8/bin/c8.js'), 'report']
  args.push('--temp-directory', counts, '--reports-dir', 'coverage')
  args.push('--all', '--src', 'lib', '--include', 'lib/**/*.ts', '--exclude', '**/*.d.ts')
  for (const file of typesOnly) args.push('--exclude', file)
  args.push('--reporter', 'text', '--skip-full', '--reporter', 'text-summary', '--reporter', 'lcov')
  args.push(
    '--check-coverage',
    '--lines',
    `${MIN_LINES}`,
    '--functions',
    '0',
    '--branches',
    '0',
    '--statements',
    '0',
  )

  const c8 = startNode(args, { cwd: root, stdio: ['ignore', 'inherit', 'pipe'] })
  let errors = ''
  c8.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const [exitCode] = await once(c8, 'close')
  killNode(c8)
  if (exitCode === 0) return undefined
  return `coverage: ${errors.trim() || `c8 report ended with exit code ${exitCode}`}`
}

function listSources(root: string): string[] {
  const folder = join(root, 'lib')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => `lib/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
}

/**
 * Takes out of the counts what is not ours. A process writes about 1 MB, nearly all of it on its dependencies, and c8 holds
 * the files of all processes in memory at once.
 */
function keepOnlyLib(root: string, counts: string): void {
  const lib = pathToFileURL(join(root, 'lib/')).href
  for (const name of readdirSync(counts)) {
    const path = join(counts, name)
    const count = parseCount(readFileSync(path, 'utf8'))
    const result = count.result.filter((script) => script.url.startsWith(lib))
    if (result.length === 0) {
      rmSync(path)
      continue
    }
    const maps = Object.entries(count['source-map-cache'] ?? {}).filter(([url]) => url.startsWith(lib))
    writeFileSync(path, JSON.stringify({ result, 'source-map-cache': Object.fromEntries(maps) }))
  }
}

interface Count {
  readonly result: readonly { readonly url: string }[]
  readonly 'source-map-cache'?: Readonly<Record<string, unknown>>
}

/** A process that died while it wrote leaves half a file, which counts nothing. */
function parseCount(text: string): Count {
  try {
    return JSON.parse(text) as Count
  } catch {
    return { result: [] }
  }
}

/** True where every statement at the margin is one that the compiler erases; a formatted file indents all else. */
function hasOnlyTypes(source: string): boolean {
  return maskSource(source)
    .split('\n')
    .every((line) =>
      /^(?:\s|$|[)\]}>]|(?:import|export) type\b|(?:export )?(?:interface|type|declare)\b)/.test(line),
    )
}
