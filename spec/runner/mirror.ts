// Makes `.build/`: the repository's TypeScript as JavaScript, file for file, for processes that the specs start by the
// thousand. Started through tsx, each of them would transform its modules anew, in a thread that it starts for that.
//
// Only types are taken away, and blanks put in their place: every character stays where it was, so that stack traces
// and coverage need no source maps. What the mirror has is made anew where its source has changed, by the time of that
// change; so several runs share one mirror.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'

type Compiler = typeof import('@swc/wasm-typescript')

/** Below the working directory, as all paths here. */
export const MIRROR = '.build'
const FOLDERS = ['lib', 'spec', 'examples', 'bench']
/** Files of the projects that `mara init` makes: TypeScript that is copied as it stands. */
const COPIED = 'lib/cli/templates/files/'
/** Decorators, and `using`: what is no JavaScript yet, even without types. */
const COMPILED = /^ *(?:@\w[\w.]*(?:\(.*)?|(?:await )?using \w+(?::| = ).*)$/m
/** At the top of a file that loads TypeScript into its own process. */
const BY_TSX = /^\/\/ By tsx: /m
/** What another run is writing. */
const UNFINISHED = /\.\d+\.new$/

/** A file's place in the mirror. */
export function mirrored(file: string): string {
  return `${MIRROR}/${file.startsWith(COPIED) ? file : file.replace(/\.ts$/, '.js')}`
}

/** Whether Node can run a file as the mirror has it. Others need tsx, and the source. */
export function runsInMirror(file: string): boolean {
  const isThere = FOLDERS.some((folder) => file.startsWith(`${folder}/`)) && !file.startsWith(COPIED)
  if (!isThere) return false
  const text = readFileSync(file, 'utf8')
  return !COMPILED.test(text) && !BY_TSX.test(text)
}

/**
 * Brings the mirror up to date.
 *
 * @throws Error where a file is no TypeScript of which only types need to be taken away.
 */
export function updateMirror(): void {
  if (existsSync('package.json')) renewManifest()
  const files = FOLDERS.filter((folder) => existsSync(folder)).flatMap(filesBelow)
  const places = new Set(files.map(mirrored))
  for (const file of files) update(file, mirrored(file))
  for (const folder of FOLDERS.map((name) => `${MIRROR}/${name}`).filter((name) => existsSync(name))) {
    for (const place of filesBelow(folder)) {
      if (!places.has(place) && !UNFINISHED.test(place)) rmSync(place, { force: true })
    }
  }
}

/**
 * The package's own, but that its entries lead into the mirror: programs import `mara-ts` by its name. Where it has
 * changed all is made anew, since there may be another compiler.
 */
function renewManifest(): void {
  const place = `${MIRROR}/package.json`
  const manifest = readFileSync('package.json', 'utf8').replaceAll('"./dist/', '"./lib/')
  if (existsSync(place) && readFileSync(place, 'utf8') === manifest) return
  rmSync(MIRROR, { recursive: true, force: true, maxRetries: 3 })
  put(place, manifest)
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((file) => !file.slice(folder.length).includes(`/${MIRROR}/`))
}

function update(file: string, place: string): void {
  const { mtimeMs } = statSync(file)
  const changed = Math.floor(mtimeMs)
  const made = statSync(place, { throwIfNoEntry: false })
  if (made !== undefined && Math.round(made.mtimeMs) === changed) return
  if (place !== `${MIRROR}/${file}`) put(place, withoutTypes(file), changed)
  else {
    mkdirSync(dirname(place), { recursive: true })
    copyFileSync(file, `${place}.${process.pid}.new`)
    settle(place, changed)
  }
}

function withoutTypes(file: string): string {
  // Loaded only where something has changed: it takes a tenth of a second.
  const { transformSync } = createRequire(import.meta.url)('@swc/wasm-typescript') as Compiler
  try {
    return transformSync(readFileSync(file, 'utf8'), { mode: 'strip-only', filename: file }).code
  } catch (error) {
    const { message = String(error) } = error as { message?: string }
    throw new Error(`${file} can't be compiled: ${message}`, { cause: error })
  }
}

function put(place: string, text: string, changed?: number): void {
  mkdirSync(dirname(place), { recursive: true })
  writeFileSync(`${place}.${process.pid}.new`, text)
  settle(place, changed)
}

/** All of a file at once: another run may be reading it. */
function settle(place: string, changed?: number): void {
  const made = `${place}.${process.pid}.new`
  if (changed !== undefined) utimesSync(made, changed / 1000, changed / 1000)
  renameSync(made, place)
}
