/**
 * What this package says of itself. Read from package.json, which stands two folders above this file both in the
 * source and in what is published.
 */
import { createRequire } from 'node:module'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly engines: { readonly node: string }
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

export const manifest: Manifest = createRequire(import.meta.url)('../../package.json')
