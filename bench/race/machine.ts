/** What this machine is and has: cores to pin processes to, open files, tools, versions. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import type { Tool } from './peers.js'

export interface Pinning {
  /** Words that stand before a command; none where processes can't be pinned. */
  readonly server: readonly string[]
  readonly load: readonly string[]
  /** For the report. */
  readonly remark: string
}

export interface Machine {
  readonly description: string
  readonly pinning: Pinning
  /** Files that a process may have open; undefined where there is no limit. */
  readonly descriptors: number | undefined
  /** What is there, with its version. */
  readonly tools: ReadonlyMap<Tool, string>
}

/** More than the largest workload needs. */
const WANTED_DESCRIPTORS = 50_000

/** Runs a command in a shell that has first raised the limit of open files as far as it may. */
export const raised: readonly [string, ...string[]] = [
  'sh',
  '-c',
  `ulimit -n ${WANTED_DESCRIPTORS} 2>/dev/null || ulimit -n "$(ulimit -Hn)" 2>/dev/null; exec "$@"`,
  'sh',
]

export function machine(): Machine {
  const processor = cpus()[0]?.model.trim() || 'an unknown processor'
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  return {
    description: `${processor}, ${availableParallelism()} cores, ${memory} GiB, ${process.platform} ${release()}`,
    pinning: pinning(allowedCores(), output('taskset', '--version') !== undefined),
    descriptors: descriptors(),
    tools: tools(),
  }
}

/**
 * The server's core and the load's, of those that this process may use. Two threads of one core share it, so the load gets
 * another core where there is one.
 */
export function pinning(
  allowed: readonly number[],
  hasTaskset: boolean,
  siblingsOf: (core: number) => readonly number[] = threadSiblings,
): Pinning {
  const none = (why: string): Pinning => ({
    server: [],
    load: [],
    remark: `Processes are not pinned: ${why}.`,
  })
  if (!hasTaskset) return none('there is no taskset here')
  const [server, ...others] = allowed
  if (server === undefined || others.length === 0)
    return none('there is one core, which server and load share')
  const siblings = siblingsOf(server)
  const separate = others.find((core) => !siblings.includes(core))
  const load = separate ?? (others[0] as number)
  const shared = separate === undefined ? ', a thread of the same core' : ''
  return {
    server: ['taskset', '-c', String(server)],
    load: ['taskset', '-c', String(load)],
    remark: `Every server (both processes of the angel's) is pinned to core ${server}, the load to core ${load}${shared}.`,
  }
}

/** `0-3,8` as numbers. */
export function readCores(list: string): number[] {
  return list
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [from, to = from] = part.split('-').map(Number) as [number, number?]
      return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    })
}

function allowedCores(): number[] {
  return readCores(/^Cpus_allowed_list:\s*(\S+)/m.exec(read('/proc/self/status'))?.[1] ?? '')
}

function threadSiblings(core: number): number[] {
  return readCores(read(`/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`))
}

function descriptors(): number | undefined {
  const limit = Number(output(...raised, 'sh', '-c', 'ulimit -n'))
  return Number.isInteger(limit) ? limit : undefined
}

function tools(): Map<Tool, string> {
  const found = new Map<Tool, string>()
  const python = output('python3', '--version')
  if (python !== undefined) found.set('python3', python)
  const go = output('go', 'version')
  if (go !== undefined) found.set('go', go.replace(/^go version go/, 'Go '))
  return found
}

/** What a command prints; undefined where there is none of that name, or it fails. */
function output(command: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
