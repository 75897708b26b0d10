/** An earlier revision, built beside this one. */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { compilePackage, execute, ROOT } from './build.js'

export interface Revision {
  /** The folder of its package, built. */
  readonly package: string
  /** Its name and short hash. */
  readonly label: string
  /** What must be said of it. */
  readonly remarks: readonly string[]
}

export interface Both {
  readonly current: Revision
  readonly earlier: Revision
}

/**
 * Checks a revision out into a temporary worktree that is gone when this process is, and builds both versions in the same
 * way. Dependencies are those of this tree, so that only the code differs.
 *
 * @returns this tree and the revision.
 * @throws Error where there is no such revision, or it can't be built.
 */
export function buildBoth(name: string): Both {
  const hash = execute('git', 'rev-parse', '--short', '--verify', `${name}^{commit}`)
  const folder = mkdtempSync(path.join(tmpdir(), 'mara-bench-'))
  const tree = path.join(folder, 'tree')
  process.on('exit', () => {
    if (existsSync(tree)) execute('git', 'worktree', 'remove', '--force', tree)
    rmSync(folder, { recursive: true, force: true })
  })
  execute('git', 'worktree', 'add', '--detach', tree, hash)
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(tree, 'node_modules'))
  const lock = (root: string): string => readFileSync(path.join(root, 'package-lock.json'), 'utf8')
  const remarks =
    lock(tree) === lock(ROOT)
      ? []
      : [`${name} runs with the dependencies of this tree, which differ from its own.`]
  compilePackage(path.join(ROOT, 'dist'))
  execute(
    process.execPath,
    'node_modules/typescript/bin/tsc',
    '-p',
    path.join(tree, 'lib'),
    '--noCheck',
    '--outDir',
    path.join(tree, 'dist'),
  )
  return {
    current: { package: ROOT, label: 'this tree', remarks: [] },
    earlier: { package: tree, label: `${name} (${hash})`, remarks },
  }
}
