/**
 * How a worker is started. All of it is found anew for each worker, since the next one may be of another release: the
 * program, the working directory, and this package.
 */
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { workingDirectory } from '../program/working-directory.js'

export interface WorkerCommand {
  /** Node's own arguments, such as a loader's. */
  readonly execArgv: readonly string[]
  /** The file that Node runs, and its arguments. */
  readonly args: readonly string[]
  /** The working directory; this process's own unless said otherwise. */
  readonly cwd?: string
}

const ownExtension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
/** The worker's file, within the package. */
const WORKER = path.join(
  path.basename(fileURLToPath(new URL('../', import.meta.url))),
  `angel/worker.${ownExtension}`,
)
/** The package that the angel is from. */
const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))

/**
 * @param file the program, as its user names it.
 * @param settings what the program finds in `process.argv`.
 */
export function workerCommand(file: string, settings: readonly string[]): () => WorkerCommand {
  const folder = workingDirectory()
  // This process is in its own folder already, and might not get there again.
  const cwd = folder === process.cwd() ? {} : { cwd: folder }
  // A debugger's port is the angel's own by now; the worker gets another one, and prints which.
  const execArgv = process.execArgv.map((word) => word.replace(/^(--inspect(?:-brk|-wait)?)(=.*)?$/, '$1=0'))
  return () => ({ execArgv, args: [workerOf(file, folder), file, ...settings], ...cwd })
}

/**
 * The worker of the package that the program itself imports. The angel's own may be of another version, and is gone when
 * the release that it came with has been removed. It is taken where the program has no package that has one.
 */
function workerOf(file: string, folder: string): string {
  try {
    const program = realpathSync(path.resolve(realpathSync(folder), file))
    const manifest = createRequire(program).resolve('mara-ts/package.json')
    const worker = path.join(path.dirname(manifest), WORKER)
    if (existsSync(worker)) return worker
  } catch {
    // There is no such package, or no such program: the worker will say so.
  }
  return path.join(PACKAGE, WORKER)
}
