/** What the entry points of the package load when they are imported, and what npm installs. */
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { finished, Run } from '../cli/support.js'
import { ROOT } from '../support/node.js'
import { quiet } from './packed.js'

export interface Loaded {
  /** Other packages, sorted. */
  readonly packages: readonly string[]
  /** Those of them that this one names as its dependencies; the others come with these. */
  readonly dependencies: readonly string[]
  /** Files of all packages, this one included. */
  readonly files: number
  /** The size of these files. */
  readonly kB: number
}

/** package.json. */
export const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'))

/** All entry points, as programs import them. */
export const entries = Object.keys(manifest.exports)
  .filter((entry) => !entry.endsWith('.json'))
  .map((entry) => manifest.name + entry.slice(1))

/** @param home a folder in which the package is installed. */
export async function loadedBy(entry: string, home: string): Promise<Loaded> {
  const trace = path.join(ROOT, 'spec/package/fixtures/trace.js')
  const { code, out, err } = await finished(
    new Run(process.execPath, [trace, entry], { cwd: home, env: quiet }),
  )
  if (code !== 0) throw new Error(`${entry} could not be imported:\n${err}`)
  const modules = path.join(home, 'node_modules') + path.sep
  const files = [...new Set(out.split('\n'))].filter((file) => file.startsWith(modules))
  const packages = [...new Set(files.map(packageOf))].filter((name) => name !== manifest.name).sort()
  const dependencies = packages.filter((name) => name in manifest.dependencies)
  return { packages, dependencies, files: files.length, kB: sizeOf(files) }
}

/** Each package that is installed in a folder, and the kB of its files. */
export function sizes(home: string): Map<string, number> {
  const modules = path.join(home, 'node_modules')
  const files = readdirSync(modules, { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.startsWith('.'))
    .map((file) => path.join(modules, file))
    .filter((file) => lstatSync(file).isFile())
  const byPackage = new Map<string, string[]>()
  for (const file of files) byPackage.set(packageOf(file), [...(byPackage.get(packageOf(file)) ?? []), file])
  return new Map([...byPackage].map(([name, files]) => [name, sizeOf(files)]))
}

function packageOf(file: string): string {
  const [, inside = ''] = /[\\/]node_modules[\\/](.*)/.exec(file) ?? []
  const [first = '', second = ''] = inside.split(path.sep)
  return first.startsWith('@') ? `${first}/${second}` : first
}

function sizeOf(files: readonly string[]): number {
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  return Math.round(bytes / 1000)
}
