/**
 * Where a new project gets this package from.
 *
 * A version range only works for what a registry has. A copy that came from a tarball, a clone or a workspace is packed
 * into the project, so that the project works anywhere, also when that copy is gone.
 */
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { manifest } from '../manifest.js'
import { type NpmOptions, runNpm } from './npm.js'

/** The folder of the running copy. */
export const packageRoot = fileURLToPath(new URL('../../../', import.meta.url))

/** Run from its source, it must be built before it is packed. */
const isSource = import.meta.url.endsWith('.ts')

const { name, version } = manifest

/** The folder in a project for a packed copy. */
const VENDOR = 'vendor'

/** A packed copy, as package.json says it. */
export const packedSpec = `file:${VENDOR}/${name}-${version}.tgz`

/**
 * Whether npm installed the package in `root` from a registry, by what npm noted then. False where it is not known: a
 * global installation has no such note, and no other package manager writes it.
 */
export async function isFromRegistry(root: string): Promise<boolean> {
  const modules = path.dirname(root)
  if (path.basename(modules) !== 'node_modules') return false
  try {
    const lock = JSON.parse(await readFile(path.join(modules, '.package-lock.json'), 'utf8'))
    const entry = lock.packages[`node_modules/${path.basename(root)}`]
    if (entry.version !== version || typeof entry.integrity !== 'string') return false
    // npm may be set up not to note it for a registry, and only for that.
    return entry.resolved === undefined || isRegistryUrl(entry.resolved)
  } catch {
    return false
  }
}

function isRegistryUrl(resolved: unknown): boolean {
  return /^https?:/.test(String(resolved)) && String(resolved).endsWith(`/${name}/-/${name}-${version}.tgz`)
}

/**
 * Packs a copy of the package into a project: see `packedSpec`.
 *
 * @throws InitError
 */
export async function packInto(
  folder: string,
  options: Omit<NpmOptions, 'cwd'>,
  root = packageRoot,
): Promise<void> {
  const vendor = path.join(folder, VENDOR)
  await mkdir(vendor, { recursive: true })
  const scripts = isSource ? [] : ['--ignore-scripts']
  await runNpm(['pack', '--loglevel=error', ...scripts, '--pack-destination', vendor, root], {
    ...options,
    cwd: root,
  })
}

/** A path is meant from where the user is, and package.json means it from where the project is. */
export function dependencySpec(spec: string, from: string): string {
  const isPath =
    /^(file:|\.{0,2}[\\/])/.test(spec) || (/\.(tgz|tar\.gz)$/.test(spec) && !spec.includes('://'))
  return isPath ? `file:${path.resolve(from, spec.replace(/^file:/, ''))}` : spec
}
