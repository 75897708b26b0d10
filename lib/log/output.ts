/**
 * Where log lines go: a file, or a stream such as stderr.
 *
 * Lines are written at once, not gathered: the last lines before a crash are the ones that are needed. A pipe whose
 * reader lags is the exception, since Node holds back what it does not take: flush before the process exits.
 * An output that fails loses lines; it never ends the service.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { escapeJson } from '../text/escape.js'
import { LogFileError } from './errors.js'
import { formatRecord, type LogRecord } from './readable.js'

/** A stream to log to: a Node stream, or anything that has `write`. */
export interface LogStream {
  write(text: string, callback?: (error?: Error | null) => void): unknown
  /** Lines for people where it is true, JSON where not. */
  readonly isTTY?: boolean | undefined
}

export interface Output {
  /** Takes one record as pino writes it: a line of JSON. */
  write(json: string): void
  /** Resolves when all that was written has left the process, or is lost. */
  flush(): Promise<void>
  /** Nothing is written after it. A stream that was handed in stays open. */
  close(): Promise<void>
}

/**
 * Appends JSON lines to a file; makes its directory where there is none.
 *
 * @param report told once when the file can no longer be written. Lines are tried again all the same, so that the
 *   log goes on when a full disk has room again.
 * @throws LogFileError
 */
export function fileOutput(path: string, report: (message: string) => void): Output {
  const file = open(path)
  let closed = false
  let reported = false
  // A line that was cut off must not run into the next one.
  let start = ''
  return {
    write(json) {
      if (closed) return
      try {
        writeWhole(file, start + escapeJson(json))
        start = ''
      } catch (error) {
        start = '\n'
        if (!reported) report(`log file ${JSON.stringify(path)} cannot be written: ${String(error)}`)
        reported = true
      }
    },
    flush: () => Promise.resolve(),
    async close() {
      if (!closed) closeSync(file)
      closed = true
    },
  }
}

function open(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true })
    return openSync(path, 'a')
  } catch (cause) {
    throw new LogFileError(path, cause)
  }
}

function writeWhole(file: number, text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(file, rest))
}

// One listener a stream for good: services come and go, and stderr stays.
const guarded = new WeakSet<object>()

function guard(stream: LogStream): void {
  const { on } = stream as Partial<NodeJS.EventEmitter>
  if (guarded.has(stream) || typeof on !== 'function') return
  guarded.add(stream)
  on.call(stream as unknown as NodeJS.EventEmitter, 'error', () => {})
}

// What a stream may hold back, in bytes, whose reader has stalled: the log must not fill the memory of the service.
const heldBack = 4 * 1024 * 1024

/** What the log has to say of itself, as a record. */
export function notice(msg: string): string {
  const record: LogRecord = { level: 'warn', time: new Date().toISOString(), channel: 'log', msg }
  return `${JSON.stringify(record)}\n`
}

/** Writes lines for people to a terminal, JSON lines to any other stream. */
export function streamOutput(stream: LogStream): Output {
  guard(stream)
  const format = stream.isTTY
    ? (json: string) => formatRecord(JSON.parse(json) as LogRecord)
    : (json: string) => escapeJson(json)
  const state = stream as Partial<Pick<NodeJS.WriteStream, 'writableLength'>>
  let closed = false
  let dropped = 0
  const flush = async (): Promise<void> => {
    if (!state.writableLength) return
    await new Promise<void>((resolve) => stream.write('', () => resolve()))
  }
  return {
    write(json) {
      if (closed) return
      if ((state.writableLength ?? 0) > heldBack) {
        dropped += 1
        return
      }
      if (dropped > 0)
        stream.write(format(notice(`${dropped} records were dropped: whoever reads the log is too slow`)))
      dropped = 0
      stream.write(format(json))
    },
    flush,
    close: () => {
      closed = true
      return flush()
    },
  }
}
