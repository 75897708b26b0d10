/** Programs that specs drive and npm does not have: installed from Debian's packages where they are missing. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
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

const UNPACK = `
for attempt in 1 2 3; do
  apt-get -qq download "$1" && dpkg -x "$1"_*.deb . && exit 0
  apt-get -qq update
  sleep 2
done
exit 1`

/**
 * A program of a package that is unpacked into a folder rather than installed: for packages that exclude each other, or would
 * start a server. The folder is gone when this process is. Gives its path, or why there is none.
 */
export function unpack(name: string, program: string): { path: string } | { reason: string } {
  if (find('apt-get') === undefined || find('dpkg') === undefined) return { reason: 'there is no apt-get' }
  const folder = mkdtempSync(join(tmpdir(), 'mara-debian-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const { status, stderr } = spawnSync('sh', ['-c', UNPACK, 'sh', name], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: 120_000,
  })
  const path = join(folder, program)
  if (status === 0 && isExecutable(path)) return { path }
  const [last = `${name} brings no ${program}`] = (stderr ?? '').trim().split('\n').slice(-1)
  return { reason: `apt-get could not fetch ${name}: ${last}` }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
