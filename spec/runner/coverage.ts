// Measures which lines of `lib/` the specs reach. Node itself counts, in every process that sees NODE_V8_COVERAGE, so
// processes that a spec starts are measured too, but for those that SIGKILL ends. c8 makes a report of the counts.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MIRROR, mirrored } from './mirror.js'

const MIN_LINES = 95
/** A statement that is left when types are erased; the formatter indents all others. */
const CODE =
  /^(?:export )?(?:default |abstract |async )*(?:const|let|function|class)\b|^export (?:\*|\{)|^import '|^(?:await )?\w+[.(]/m

/** Makes a folder for the counts; it is gone when this process is. */
export function makeCoverageDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'coverage-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }))
  return directory
}

/**
 * Prints c8's report, and writes it to `coverage/`.
 *
 * @returns why coverage is too low; empty where it is not
 */
export function reportCoverage(counts: string): string[] {
  const files = readdirSync('lib', { recursive: true, encoding: 'utf8' })
    .map((path) => `lib/${path}`)
    .filter((path) => path.endsWith('.ts'))
  // Nothing loads a file of types alone, so c8 would take every line of it for missed.
  const typesOnly = files.filter((path) => !CODE.test(readFileSync(path, 'utf8')))
  for (const name of readdirSync(counts)) leaveOutTransformed(join(counts, name))
  mapMirror(counts, files)
  const options = {
    'temp-directory': counts,
    src: 'lib',
    include: ['lib/**/*.ts', `${MIRROR}/lib/**/*.js`],
    exclude: ['lib/cli/templates/files/**', ...typesOnly],
    reporter: ['text', 'text-summary', 'lcov'],
    lines: `${MIN_LINES}`,
  }
  const flags = Object.entries(options).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => [`--${name}`, one]),
  )
  const c8 = createRequire(import.meta.url).resolve('c8/bin/c8.js')
  const args = [c8, 'report', '--all', '--skip-full', '--merge-async', '--check-coverage', ...flags]
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  })
  return status === 0 ? [] : [`coverage: ${stderr.trim() || `c8 ended with exit code ${status}`}`]
}

/**
 * Where a process loads tsx in the middle of its life, that changes some modules of the mirror too. Their counts can't be
 * added to those of others.
 */
function leaveOutTransformed(file: string): void {
  const text = readFileSync(file, 'utf8')
  const sourceMaps = text.lastIndexOf('"source-map-cache"')
  if (sourceMaps < 0 || !text.includes(`/${MIRROR}/`, sourceMaps)) return
  const { result, 'source-map-cache': maps, ...rest } = JSON.parse(text) as Counts
  const isOfMirror = (url: string): boolean => url.includes(`/${MIRROR}/`) && maps[url] !== undefined
  const own = Object.entries(maps).filter(([url]) => !isOfMirror(url))
  const counted = result.filter(({ url }) => !isOfMirror(url))
  const left = { ...rest, result: counted, 'source-map-cache': Object.fromEntries(own) }
  writeFileSync(file, JSON.stringify(left))
}

/** What Node writes of a process. */
interface Counts {
  readonly result: readonly { readonly url: string }[]
  readonly 'source-map-cache': Readonly<Record<string, unknown>>
}

/**
 * Tells c8, in the way in which Node tells of source maps, that the counts of a file in the mirror are its source's. Only
 * some processes run the source itself, so both kinds of counts must meet.
 */
function mapMirror(counts: string, files: readonly string[]): void {
  const url = (file: string): string => pathToFileURL(resolve(file)).href
  const maps = files
    .filter((file) => existsSync(mirrored(file)))
    .map((file) => [url(mirrored(file)), { data: samePlaces(url(file), readFileSync(file, 'utf8')) }])
  const cache = { result: [], 'source-map-cache': Object.fromEntries(maps) }
  writeFileSync(join(counts, 'mirror.json'), JSON.stringify(cache))
}

/** A source map, its mappings decoded, in which each word is where it was. */
function samePlaces(source: string, text: string): object {
  const mappings = text
    .split('\n')
    .map((line, row) => [...line.matchAll(/^|\w+|[^\w\s]/g)].map(({ index }) => [index, 0, row, index]))
  return { version: 3, names: [], sources: [source], mappings }
}
