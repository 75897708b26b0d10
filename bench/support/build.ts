/** Compiles what is measured: nothing runs through a loader that would slow one program and not another. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Where compiled benchmarks go. It must be in the repository, so that they find its packages. */
export const COMPILED = path.join(ROOT, '.bench')

/** Peers, loads and microbenchmarks to JavaScript. */
export function compileBenchmarks(into: string = COMPILED): void {
  node('node_modules/typescript/bin/tsc', '-p', 'bench/tsconfig.build.json', '--outDir', into)
}

/** The peer in Go, where there is Go. */
export function compileGo(into: string = COMPILED): void {
  execute('go', 'build', '-o', path.join(into, 'race/peers/net'), path.join(ROOT, 'bench/race/peers/net.go'))
}

/** The package, without a check of types. */
export function compilePackage(into: string): void {
  node('node_modules/typescript/bin/tsc', '-p', 'lib', '--noCheck', '--outDir', into)
}

function node(...args: readonly string[]): void {
  execute(process.execPath, ...args)
}

/** @throws Error with what the command printed. */
export function execute(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' })
  if (status === 0) return stdout.trim()
  throw new Error(`${command} ${args.join(' ')} failed:\n${error?.message ?? `${stdout}${stderr}`}`)
}
