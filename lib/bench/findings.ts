/** What the figures alone do not say: whose fault they are, when the service stood still, and when it has gone. */
import { type Failures, OWN_KINDS } from './failures.js'
import type { BenchReport, Finding } from './report.js'
import type { Timeline } from './timeline.js'
import { inThousands, rateInWords, timeInWords } from './units.js'

/** A process that is at work for more of its time has answers wait for it: queues grow steeply from here on. */
const BUSY = 0.85
/** Milliseconds late at the 99th percentile that make figures of an open loop doubtful. */
const MUCH_LAG = 20
/** Milliseconds for which an event loop may come to nothing else. */
const LONG_DELAY = 200
/** Milliseconds without any answer that are a stall, where answers are quick otherwise. */
const STALL = 500
/** Stalls that are told one by one. */
const TOLD = 3
/** The share of an asked rate that counts as reached. */
const REACHED = 0.98

const percent = (share: number) => `${Math.round(share * 100)} %`

export function findingsOf(report: Omit<BenchReport, 'findings'>, timeline: Timeline): Finding[] {
  return [...runFindings(report), ...generatorFindings(report), ...serviceFindings(report, timeline)]
}

function runFindings({ ended, measured, options, generator }: Omit<BenchReport, 'findings'>): Finding[] {
  const found: Finding[] = []
  const add = (kind: string, text: string): void => void found.push({ about: 'run', kind, text })
  if (ended === 'no-connection') {
    add(
      'no-connection',
      `None of ${inThousands(options.clients)} clients could connect to ${options.target}, so the run ended early.`,
    )
  }
  if (ended === 'interrupted') {
    add(
      'interrupted',
      `The run was interrupted; the figures are those of the ${timeInWords(measured)} that were measured.`,
    )
  }
  for (const { pid, died, clients } of generator.processes) {
    if (died === undefined) continue
    add(
      'process-died',
      `Process ${pid ?? '(none)'} of the generator ${died}: its ${inThousands(clients)} clients were lost with it, and what they had not told yet.`,
    )
  }
  return found
}

function generatorFindings({
  generator,
  errors,
  options,
  exchanges,
  measured,
  connections,
}: Omit<BenchReport, 'findings'>): Finding[] {
  const found: Finding[] = []
  const add = (kind: string, text: string): void => void found.push({ about: 'generator', kind, text })
  const { processes, lag, machine } = generator
  const busiest = Math.max(0, ...processes.map(({ utilisation }) => utilisation))
  // Where nobody was served, being refused is what it was at work with.
  const isServed = connections.made > 0
  if (isServed && busiest > BUSY) {
    add(
      'busy',
      `The generator was the limit: a process of it was at work for ${percent(busiest)} of the time, so answers waited for it. The service may be faster than this. Use more --processes, or a second machine.`,
    )
  }
  const delay = Math.max(0, ...processes.map((one) => one.delay))
  if (isServed && delay > LONG_DELAY) {
    add(
      'delay',
      `The generator stood still for up to ${timeInWords(delay)}: latencies of that size may be its own.`,
    )
  }
  if (lag !== undefined && lag.p99 > MUCH_LAG) {
    add(
      'lag',
      `The generator was late: 1 % of its questions left ${timeInWords(lag.p99)} or more after they were due, though their clients were free.`,
    )
  }
  if (isServed && machine > 0.95) {
    add(
      'machine',
      `This machine was at work for ${percent(machine)} of the time: if the service runs on it, too, the two took time from each other.`,
    )
  }
  for (const { kind, count } of errors.kinds) {
    if (!OWN_KINDS.includes(kind)) continue
    add(
      'resources',
      `The generator ran out: ${kind} (${inThousands(count)} times). ${kind.includes('ports') ? 'Use several addresses, or fewer connections.' : 'Raise ulimit -n.'}`,
    )
  }
  const { rate } = options
  const reached = measured === 0 ? 0 : (exchanges.sent / measured) * 1_000
  if (rate !== undefined && measured > 0 && reached < rate * REACHED) {
    const isOwn = busiest > BUSY || (lag !== undefined && lag.p99 > MUCH_LAG)
    const mayPause = options.script !== undefined
    const clients = `clients still waited for answers, ${mayPause ? 'had no connection, or their script paused' : 'or had no connection'}`
    found.push({
      about: isOwn ? 'generator' : mayPause ? 'run' : 'service',
      kind: 'rate',
      text: `Of the ${rateInWords(rate)} that were asked for, ${rateInWords(reached)} were sent: ${isOwn ? 'the generator could not' : clients}.`,
    })
  }
  return found
}

function serviceFindings(report: Omit<BenchReport, 'findings'>, timeline: Timeline): Finding[] {
  const { measured, exchanges, latency, errors, connections, ended } = report
  const found: Finding[] = []
  const add = (kind: string, text: string): void => void found.push({ about: 'service', kind, text })
  if (exchanges.answers === 0) {
    if (ended !== 'no-connection' && measured > 0 && connections.made > 0) {
      const nothing = exchanges.sent === 0 ? 'Nothing was asked' : 'The service answered nothing'
      add('silent', `${nothing} after the ramp.`)
    }
    return found
  }
  // A service that takes two seconds for each answer is not one that stalls.
  const least = Math.max(STALL, 5 * (latency.service ?? latency.answer).p50)
  const gaps = timeline.gaps(measured, least)
  const last = gaps.at(-1)
  const hasGone =
    last !== undefined &&
    last.to >= measured &&
    (isAwaited(last, report) || errors.kinds.some((one) => isOfService(one) && one.last >= last.from))
  if (hasGone) {
    add(
      'gone',
      `The service stopped answering ${timeInWords(last.from)} after the ramp, and did not answer again in the ${timeInWords(measured - last.from)} to the end. Latencies are those of before; the throughput is that of the whole time.`,
    )
  }
  const stalls = (hasGone ? gaps.slice(0, -1) : gaps)
    .filter((gap) => isAwaited(gap, report))
    .sort((a, b) => b.to - b.from - (a.to - a.from))
  for (const { from, to } of stalls.slice(0, TOLD)) {
    add('stall', `No answer came for ${timeInWords(to - from)}, from ${timeInWords(from)} after the ramp on.`)
  }
  if (stalls.length > TOLD) add('stall', `There were ${stalls.length - TOLD} more such stalls.`)
  return found
}

/** Whether anybody waited for an answer then: a service that is not asked does not stall. */
function isAwaited(
  { from, to }: { from: number; to: number },
  { steps }: Pick<BenchReport, 'steps'>,
): boolean {
  return steps.some(({ at, length, waiting }) => at + length >= from && at + length <= to && waiting > 0)
}

function isOfService({ kind }: Failures): boolean {
  return !kind.startsWith('script') && !OWN_KINDS.includes(kind)
}
