/**
 * The race: this runtime beside others that do the same work, measured in alternation in one run. `npm run bench`
 *
 * Each server runs in a process of its own for each measurement, as compiled JavaScript from the built package, on a core of
 * its own where the machine has several; the load has another one. Quote ratios: machines differ.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { COMPILED, compileBenchmarks, compileGo, ROOT } from '../support/build.js'
import { compareRace } from './compare.js'
import { type Machine, machine } from './machine.js'
import { measure } from './measure.js'
import { limited, OptionError, type Options, readOptions } from './options.js'
import { peers } from './peers.js'
import { text } from './report/console.js'
import { figuresOf } from './report/figures.js'
import { writeResults } from './report/write.js'
import { heatsOf, runRounds } from './rounds.js'
import { workloads } from './workloads/index.js'

/** Files that a process has open besides its clients' connections. */
const OTHER_FILES = 100

async function race(options: Options): Promise<void> {
  const began = Date.now()
  const here = machine()
  const most = (here.descriptors ?? Number.POSITIVE_INFINITY) - OTHER_FILES
  const present = options.peers.filter(({ tool }) => tool === undefined || here.tools.has(tool))
  const absent = options.peers.filter((peer) => !present.includes(peer))
  const heats = heatsOf(
    options.workloads.map((workload) => limited(workload, most)),
    present,
  )
  compileBenchmarks()
  if (present.some(({ tool }) => tool === 'go')) compileGo()

  const remarks = [
    here.pinning.remark,
    `A process may have ${here.descriptors?.toLocaleString('en') ?? 'any number of'} files open.` +
      (options.workloads.some(({ clients }) => clients > most)
        ? ` So no workload has more than ${most.toLocaleString('en')} clients.`
        : ''),
    ...absent.map(({ label, tool }) => `${label} is left out, since ${tool} is not there.`),
  ]
  console.log(here.description)
  for (const remark of remarks) console.log(remark)

  const setup = { ...options, pinning: here.pinning, compiled: COMPILED, package: ROOT }
  let lastRound = Date.now()
  let roundsDone = 0
  const another = (done: number): boolean => {
    roundsDone = done
    const took = Date.now() - lastRound
    lastRound = Date.now()
    return Date.now() - began + took <= options.budget * 1_000
  }
  const results = await runRounds(heats, {
    rounds: options.rounds,
    another,
    measure: (peer, workload) => measure(peer, workload, setup),
    onSample: (peer, workload, round) =>
      process.stderr.write(`round ${round + 1} of ${options.rounds}: ${workload.name}, ${peer.name}\n`),
  })
  const figures = results.map(figuresOf)
  for (const one of figures) console.log(text(one))
  const took = Math.round((Date.now() - began) / 1_000)
  console.log(`\n${roundsDone} of ${options.rounds} rounds, ${took} s.`)
  if (options.out === undefined) return
  const occasion = {
    date: new Date(began),
    machine: here.description,
    versions: versions(here),
    remarks: [
      `${roundsDone} rounds in alternation, each measurement ${options.duration / 1_000} s after ${warmUpInWords(options)} of the same work, in a server that was started for it.`,
      ...remarks,
    ],
  }
  console.log(`Written: ${writeResults(options.out, figures, occasion).join(', ')}`)
}

function warmUpInWords({ warmUp, workloads }: Options): string {
  const longer = workloads.flatMap(({ name, warmUps }) =>
    warmUps === undefined ? [] : [`${name}: ${(warmUp * warmUps) / 1_000} s`],
  )
  return `${warmUp / 1_000} s${longer.length > 0 ? ` (${longer.join(', ')})` : ''}`
}

/** What ran, with its version. */
function versions({ tools }: Machine): string[] {
  const of = (folder: string): string => {
    const { name, version } = JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8'))
    return `${name} ${version}`
  }
  return [
    of('.'),
    `Node ${process.version}`,
    of('node_modules/it-pushable'),
    of('node_modules/telnet-stream'),
    ...tools.values(),
  ]
}

try {
  const words = process.argv.slice(2)
  const options = readOptions(words, workloads, peers)
  if (options.compare === undefined) await race(options)
  else await compareRace(options.compare, options)
} catch (error) {
  if (!(error instanceof OptionError)) throw error
  console.error(error.message)
  process.exitCode = 2
}
