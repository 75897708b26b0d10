/** One measurement: one peer under one workload. The server is started for it, and ends with it. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { processTree } from '../support/proc.js'
import { runCommand } from '../support/program.js'
import type { Job, Sample } from './load/job.js'
import { type Pinning, raised } from './machine.js'
import type { Peer } from './peers.js'
import type { Workload } from './workloads/workload.js'

/** Milliseconds of each measurement. */
export interface Durations {
  readonly warmUp: number
  readonly duration: number
}

export interface Setup extends Durations {
  /** Where the compiled peers and the load are. */
  readonly compiled: string
  /** The folder of the package that is measured. */
  readonly package: string
  readonly pinning: Pinning
}

const SOURCES = fileURLToPath(new URL('peers/', import.meta.url))

/** Every peer on Node gets the same flags, which are none, and the same module before its own. */
function commandOf(peer: Peer, setup: Setup): readonly string[] {
  const compiled = (name: string): string => path.join(setup.compiled, 'race/peers', name)
  if (peer.tool === 'python3') return ['python3', path.join(SOURCES, peer.file)]
  if (peer.tool === 'go') return [compiled('net')]
  const file = compiled(peer.file.replace(/\.ts$/, '.js'))
  const before = peer.angel ? [path.join(peer.package ?? setup.package, 'dist/cli/main.js'), 'angel'] : []
  return [process.execPath, ...before, file, ...(peer.settings ?? [])]
}

function environmentOf(peer: Peer, workload: Workload, setup: Setup): NodeJS.ProcessEnv {
  const plain = Object.entries(process.env).filter(([name]) => !/^(MARA_|NODE_OPTIONS$|TSX_)/.test(name))
  const collect = new URL(`file://${path.join(setup.compiled, 'race/peers/support/collect.js')}`)
  return {
    ...Object.fromEntries(plain),
    NODE_OPTIONS: `--import=${collect}`,
    RACE_WIRE: workload.wire,
    RACE_PACKAGE: peer.package ?? setup.package,
    ...peer.env,
  }
}

/** @throws Error where the peer does not start, or an answer is wrong. */
export async function measure(peer: Peer, workload: Workload, setup: Setup): Promise<Sample> {
  const environment = environmentOf(peer, workload, setup)
  const server = runCommand([...raised, ...setup.pinning.server, ...commandOf(peer, setup)], environment)
  try {
    const port = Number(/^open (\d+)$/.exec(await server.line())?.[1])
    const { kind, wire, clients, inFlight, warmUps = 1 } = workload
    const { duration } = setup
    const warmUp = setup.warmUp * warmUps
    const pids = processTree(server.child.pid as number)
    const job: Job = { kind, wire, clients, inFlight, warmUp, duration, port, server: pids }
    const load = path.join(setup.compiled, 'race/load/main.js')
    const program = runCommand([
      ...raised,
      ...setup.pinning.load,
      process.execPath,
      load,
      JSON.stringify(job),
    ])
    try {
      return JSON.parse(await program.line())
    } finally {
      await program.end()
    }
  } catch (error) {
    throw new Error(`${peer.label}, ${workload.title}: it failed, and with it the race.`, { cause: error })
  } finally {
    await server.stop()
  }
}
