/** What was typed after `npm run bench --`, for the race. */
import { parseArgs } from 'node:util'
import type { Peer } from './peers.js'
import type { Workload } from './workloads/workload.js'

/** Told without a stack. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
}

export interface Options {
  readonly rounds: number
  readonly duration: number
  readonly warmUp: number
  readonly workloads: readonly Workload[]
  /** Whether they were named. */
  readonly only: boolean
  readonly peers: readonly Peer[]
  /** Seconds after which no further round begins that would not end within them. */
  readonly budget: number
  /** Where the page and the pictures go; undefined where they are not to be written. */
  readonly out: string | undefined
  /** A revision to compare with. */
  readonly compare: string | undefined
}

const USAGE = `Usage: npm run bench -- [--quick] [options]
  --quick              a small race in under two minutes; writes no results unless you give --out
  --only=NAME,...      these workloads
  --peers=NAME,...     these peers
  --rounds=N           5 unless said otherwise
  --seconds=N          of each measurement: 2 unless said otherwise, after a quarter of that to warm up
  --clients=N          at most so many
  --out=DIR            for RESULTS.md and pictures: bench unless said otherwise, if all workloads and peers run
  --compare=REV        Mara as it is against Mara at an earlier revision
`

/** Whoever runs with `--quick`, unless named. */
const QUICK_PEERS: readonly string[] = [
  'mara',
  'mara-angel',
  'bytes',
  'callback',
  'readline',
  'telnet-stream',
]

/** @throws OptionError */
export function readOptions(
  words: readonly string[],
  workloads: readonly Workload[],
  peers: readonly Peer[],
): Options {
  const { values } = parse(words)
  const { quick = false } = values
  const seconds = number('seconds', values.seconds) ?? (quick ? 0.3 : 2)
  const chosenPeers = values.peers ?? (quick ? QUICK_PEERS.join(',') : undefined)
  const most = number('clients', values.clients) ?? Number.POSITIVE_INFINITY
  const isWhole =
    !quick && [values.only, values.peers, values.clients, values.compare].every((v) => v === undefined)
  return {
    rounds: whole('rounds', values.rounds) ?? 5,
    duration: seconds * 1_000,
    warmUp: seconds * (quick ? 500 : 250),
    workloads: chosen('only', values.only, quick ? quickOnes(workloads, values.only) : workloads).map(
      (workload) => limited(workload, most),
    ),
    only: values.only !== undefined,
    peers: chosen('peers', chosenPeers, peers),
    budget: quick ? 80 : Number.POSITIVE_INFINITY,
    out: values.out ?? (isWhole ? 'bench' : undefined),
    compare: values.compare,
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string' },
        peers: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        clients: { type: 'string' },
        out: { type: 'string' },
        compare: { type: 'string' },
      },
    })
  } catch (error) {
    throw new OptionError(`${(error as Error).message}\n${USAGE}`)
  }
}

/** A workload with fewer clients says so. */
export function limited(workload: Workload, most: number): Workload {
  if (workload.clients <= most) return workload
  return {
    ...workload,
    clients: most,
    title: `${workload.title} [with ${most.toLocaleString('en')} clients]`,
  }
}

/** Small workloads, and others that were asked for by name. */
function quickOnes(workloads: readonly Workload[], only = ''): Workload[] {
  return workloads.flatMap((workload) => {
    if (workload.quickClients !== undefined) return limited(workload, workload.quickClients)
    return only.split(',').includes(workload.name) ? workload : []
  })
}

function chosen<T extends { readonly name: string }>(
  option: string,
  names: string | undefined,
  all: readonly T[],
): T[] {
  if (names === undefined) return [...all]
  const wanted = names.split(',')
  const unknown = wanted.find((name) => !all.some((one) => one.name === name))
  if (unknown !== undefined) {
    const known = all.map(({ name }) => name).join(', ')
    throw new OptionError(`--${option}: there is no ${JSON.stringify(unknown)}. There are ${known}.`)
  }
  return all.filter(({ name }) => wanted.includes(name))
}

function number(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new OptionError(`--${option} takes a number above 0, not ${JSON.stringify(text)}.`)
  }
  return value
}

function whole(option: string, text: string | undefined): number | undefined {
  const value = number(option, text)
  if (value !== undefined && !Number.isInteger(value)) {
    throw new OptionError(`--${option} takes a whole number, not ${JSON.stringify(text)}.`)
  }
  return value
}
