/** Programs that specs drive and npm does not have: installed from Debian's packages where they are missing. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Debian has games where not every path leads. */
const PATHS = [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/bin', '/usr/games']

/** The first of these programs that is there, as an absolute path. */
export function find(...names: readonly string[]): string | undefined {
  return names.flatMap((name) => PATHS.map((path) => join(path, name))).find(isExecutable)
}

/** One at a time on this machine, and again if another one of apt's own users was faster. */
const INSTALL = `
for attempt in 1 2 3; do
  apt-get update && apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@" && exit 0
  sleep 2
done
exit 1`

/** Installs packages; the run level keeps them from starting servers of their own. Gives undefined, or why that could not be. */
export function install(...packages: readonly string[]): string | undefined {
  if (process.platform !== 'linux' || find('apt-get') === undefined)
    return 'there is no apt-get to install it'
  if (process.getuid?.() !== 0) return 'only root may install it'
  const lock = join(tmpdir(), 'mara-apt.lock')
  const { status, stderr } = spawnSync('flock', [lock, 'sh', '-c', INSTALL, 'sh', ...packages], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: 300_000,
  })
  if (status === 0) return undefined
  const [last = 'no word why'] = (stderr ?? '').trim().split('\n').slice(-1)
  return `apt-get could not install ${packages.join(' ')}: ${last}`
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
