/** The package as npm packs it, and folders into which npm has installed it. */
import { cpSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { manifest } from '../../lib/cli/manifest.js'
import { finished, folder, type Result, Run } from '../cli/support.js'
import { ROOT } from '../support/node.js'

// What npm says of itself is not what is looked at here, and what it has fetched before it need not fetch again.
export const quiet = {
  npm_config_prefer_offline: 'true',
  npm_config_update_notifier: 'false',
  NODE_V8_COVERAGE: '',
}

export function sh(script: string, cwd: string): Promise<Result> {
  return finished(new Run('sh', ['-c', script], { cwd, env: quiet }))
}

/** Runs a script that must end well. */
export async function succeeds(script: string, cwd: string): Promise<Result> {
  const result = await sh(script, cwd)
  assert.is(result.code, 0, `${script}\n${result.out}\n${result.err}`)
  return result
}

/** What packing needs: other specs may look at the checkout while this one builds. */
export function copyOfSource(): string {
  const copy = folder()
  for (const name of ['lib', 'package.json', 'tsconfig.json', 'LICENSE']) {
    cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true })
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'))
  return copy
}

/** Gives the path of a tarball. */
export async function pack(): Promise<string> {
  const copy = copyOfSource()
  await succeeds('npm pack', copy)
  return path.join(copy, `${manifest.name}-${manifest.version}.tgz`)
}

/** A new folder with these files, in which these packages are installed. */
export async function installed(
  packages: readonly string[],
  files: Readonly<Record<string, string>> = { 'package.json': '{ "private": true }' },
): Promise<string> {
  const home = folder(files)
  await succeeds(`npm install --no-audit --no-fund ${packages.join(' ')}`, home)
  return home
}
