/** Runs the fixture programs. */
import { spawn, spawnSync } from 'node:child_process'
import { nodeArgs } from '../../support/node.js'

const fixture = (name: string, args: readonly string[]) =>
  nodeArgs(`spec/storage/fixtures/${name}.ts`, ...args)

/** Starts a fixture program. */
export function startFixture(name: string, ...args: string[]) {
  return spawn(process.execPath, fixture(name, args), {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/**
 * Runs a fixture program to its end, uncounted by any measuring of coverage (which would need to write), behind a line of shell such as `ulimit -f 8`, and gives the JSON it prints.
 *
 * @param wrapper a program that runs the shell, such as `unshare -m`.
 */
export function runFixture(name: string, args: string[], { before = ':', wrapper = [] as string[] } = {}) {
  const command = [
    ...wrapper,
    'sh',
    '-c',
    `${before} && exec "$@"`,
    'sh',
    process.execPath,
    ...fixture(name, args),
  ]
  const { stdout, stderr, status } = spawnSync(command[0] as string, command.slice(1), {
    encoding: 'utf8',
    env: { ...process.env, TSX_DISABLE_CACHE: '1', NODE_V8_COVERAGE: undefined },
  })
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
  return JSON.parse(stdout)
}
