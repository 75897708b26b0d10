/**
 * `mara bench TARGET`: makes load, and tells what the service made of it.
 *
 * What it needs is loaded when it runs, and not with every other command.
 */
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Plan } from '../../bench/plan.js'
import { messageOf } from '../../errors.js'
import { findProgram } from '../../program/find.js'
import { defineCommand, type Option } from '../command.js'
import { UsageError } from '../errors.js'
import { manifest } from '../manifest.js'

const option = (value: string, description: string) =>
  ({ type: 'string', value, description }) as const satisfies Option

const options = {
  clients: option('NUMBER', 'How many clients there are; 10.'),
  ramp: option('RATE', 'How many of them begin to connect a second; 1000/s.'),
  duration: option('TIME', 'How long it is measured, from the end of the ramp; 10s.'),
  rate: option('RATE', 'Open loop: questions a second by all clients, whether or not they are answered.'),
  script: option('FILE', 'What a client does, in TypeScript or JavaScript.'),
  line: option('TEXT', 'Without a script: what is sent again and again; ping.'),
  expect: option(
    'TEXT',
    'What ends an answer to it, /in slashes/ a regular expression; else the end of a line.',
  ),
  timeout: option('TIME', 'For an answer; 10s.'),
  'connect-timeout': option('TIME', 'For a connection; 10s.'),
  interval: option(
    'TIME',
    'Closed loop: how often a client would ask if nothing kept it waiting, to correct latencies.',
  ),
  processes: option('NUMBER', 'How many processes make the load; one for each processor.'),
  seed: option('NUMBER', 'For the chance that scripts draw from; 1.'),
  ca: option('FILE', 'An authority to trust in TLS.'),
  insecure: { type: 'boolean', description: 'In TLS, trust any certificate.' },
  json: { type: 'boolean', description: 'Print the report as JSON.' },
  html: option('FILE', 'Write the report as a page with plots.'),
} as const

export const bench = defineCommand({
  name: 'bench',
  summary: 'Put a service under load, and report how it bears it.',
  usage: 'TARGET',
  details: [
    'TARGET is HOST:PORT, tls://HOST:PORT, the path of a Unix socket, or ws://HOST:PORT/PATH (wss:// for TLS): any service that speaks lines.',
    'Times are such as 500ms, 30s or 2m; rates such as 500/s. Ctrl-C ends a run early and reports what was measured; a second one ends it at once.',
    'The exit code is 1 where anything went wrong: errors, no connection, no answer. docs/bench.md describes scripts and reports.',
  ],
  options,
  async run({ operands: [target = ''], options, io }) {
    const plan = await planOf(target, options)
    if (options.html !== undefined) checkWritable(options.html)
    const { runBench } = await import('../../bench/run.js')
    const { Progress } = await import('../../bench/progress.js')
    const { isClean } = await import('../../bench/report.js')
    const { textReport } = await import('../../bench/text-report.js')
    const { htmlReport } = await import('../../bench/html-report.js')

    const progress = new Progress(plan, io.stderr)
    const interrupt = new AbortController()
    const onSignal = (): void => {
      if (interrupt.signal.aborted) process.exit(1)
      interrupt.abort()
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal)
    try {
      const report = await runBench(plan, {
        signal: interrupt.signal,
        onStep: (timeline, now) => progress.show(timeline, now),
        versions: { mara: manifest.version, node: process.versions.node },
      })
      progress.end()
      const columns = io.stdout.isTTY ? (io.stdout.columns ?? 80) : undefined
      io.stdout.write(
        options.json ? `${JSON.stringify(report, undefined, 2)}\n` : textReport(report, columns),
      )
      // Last: whatever becomes of the file, nothing of the measurement is lost.
      if (options.html !== undefined) writeFileSync(options.html, htmlReport(report))
      return isClean(report) ? 0 : 1
    } finally {
      progress.end()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
    }
  },
})

/** A run may take an hour: that its report can't be written is said before. @throws UsageError */
function checkWritable(file: string): void {
  try {
    closeSync(openSync(file, 'a'))
  } catch (error) {
    throw new UsageError(`mara bench: --html can't write ${file}: ${messageOf(error)}.`, 'bench')
  }
}

type Values = { readonly [Name in keyof typeof options]?: string | boolean | undefined }

/** @throws UsageError that names the option and what it takes; ProgramError where there is no script. */
async function planOf(targetText: string, values: Values): Promise<Plan> {
  const { parseTarget } = await import('../../bench/target.js')
  const { parseCount, parseDuration, parseRate } = await import('../../bench/units.js')
  const { patternOf } = await import('../../bench/plan.js')
  const { addressOf } = await import('../../connect/dial.js')
  const wrong = (text: string) => new UsageError(`mara bench: ${text}`, 'bench')
  const text = (name: keyof Values) => values[name] as string | undefined
  function read<T, U>(
    name: keyof Values,
    parser: (text: string) => T | undefined,
    like: string,
    otherwise: U,
  ) {
    const given = text(name)
    if (given === undefined) return otherwise
    const value = parser(given)
    if (value === undefined) throw wrong(`--${name} takes ${like}, not ${JSON.stringify(given)}.`)
    return value
  }
  /** A day is more than any run; a timer can't wait for much more. */
  const parseTime = (text: string): number | undefined => {
    const ms = parseDuration(text)
    return ms !== undefined && ms > 0 && ms <= 86_400_000 ? ms : undefined
  }
  const time = <U>(name: keyof Values, otherwise: U) =>
    read(name, parseTime, 'a time such as 500ms or 30s', otherwise)
  const count = (name: keyof Values, otherwise: number) =>
    read(name, parseCount, 'a whole number above 0', otherwise)

  const authority = text('ca')
  const ca = authority === undefined ? undefined : readText(authority, wrong)
  const target = parseTarget(targetText, { ca, insecure: values.insecure === true })
  if (target === undefined) {
    throw wrong(
      `${JSON.stringify(targetText)} is no target: it is HOST:PORT, tls://HOST:PORT, /path/of/socket or ws://HOST:PORT/PATH.`,
    )
  }
  const script = text('script')
  if (script !== undefined) {
    findProgram(script)
    for (const name of ['line', 'expect'] as const) {
      if (text(name) !== undefined) throw wrong(`--${name} is for runs without --script.`)
    }
  }
  const rate = read('rate', parseRate, 'a rate such as 500/s', undefined)
  if (rate !== undefined && text('interval') !== undefined) {
    throw wrong('--interval is for closed loops: with --rate, latencies are right as they are.')
  }
  const expect = text('expect')
  try {
    if (expect !== undefined) patternOf(expect)
  } catch (error) {
    throw wrong(`--expect: ${(error as Error).message}.`)
  }
  const clients = count('clients', 10)
  return {
    target,
    // Reports are passed on: a URL's name and password are not for them.
    targetText: 'url' in target ? addressOf(target) : targetText,
    clients,
    ramp: read('ramp', parseRate, 'a rate such as 500/s', 1_000),
    duration: time('duration', 10_000),
    rate,
    timeout: time('timeout', 10_000),
    connectTimeout: time('connect-timeout', 10_000),
    processes: Math.min(clients, count('processes', availableParallelism())),
    seed: count('seed', 1),
    script,
    line: text('line') ?? 'ping',
    expect,
    interval: time('interval', undefined),
  }
}

function readText(file: string, wrong: (text: string) => UsageError): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw wrong(`--ca: ${(error as Error).message}.`)
  }
}
