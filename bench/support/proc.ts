/**
 * Processor time and memory of other processes, from Linux's /proc: the same figures for every language, and nothing that
 * a process says of itself.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** What a process and its descendants are at the moment: itself first. */
export function processTree(pid: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of numbersIn('/proc')) {
    const stat = read(`/proc/${entry}/stat`)
    if (stat !== undefined) parents.set(entry, Number(fieldsOf(stat)[1]))
  }
  const tree = [pid]
  for (const member of tree) {
    for (const [child, parent] of parents) if (parent === member) tree.push(child)
  }
  return tree
}

/** Microseconds of processor time that these processes have had so far; undefined where the system does not say. */
export function processorTime(pids: readonly number[]): number | undefined {
  let total = 0
  for (const pid of pids) {
    const own = timeOf(pid)
    if (own === undefined) return undefined
    total += own
  }
  return total
}

/** Nanoseconds are kept for each thread; the clock of the process itself ticks a hundred times a second. */
function timeOf(pid: number): number | undefined {
  const threads = numbersIn(`/proc/${pid}/task`).map((thread) =>
    read(`/proc/${pid}/task/${thread}/schedstat`),
  )
  const known = threads.filter((text) => text !== undefined)
  if (known.length > 0) return known.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1_000, 0)
  const stat = read(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  const fields = fieldsOf(stat)
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

/** Bytes of memory that these processes hold; undefined where the system does not say. */
export function residentMemory(pids: readonly number[]): number | undefined {
  let total = 0
  for (const pid of pids) {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
    if (kilobytes === undefined) return undefined
    total += Number(kilobytes) * 1_024
  }
  return total
}

/** The fields of `stat` behind the name, which may hold blanks: the state is number 0, the parent 1. */
function fieldsOf(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .map(Number)
      .filter((name) => Number.isInteger(name))
  } catch {
    return []
  }
}

/** Undefined where it is not there, or has gone. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
