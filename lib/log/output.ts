/**
 * Where log lines go: a file, or a stream such as stderr.
 *
 * Lines are written at once, not collected, since the last lines before a crash are the ones that are needed. The
 * exception is a pipe with a slow reader, where Node buffers: flush before the process exits. An output that fails loses
 * lines, but never ends the service.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../make-folder.js'
import { escapeJson } from '../text/escape.js'
import { keepFromBlocking } from './blocking.js'
import { LogFileError } from './errors.js'
import { formatRecord, type LogRecord } from './readable.js'

/** A stream to log to: a Node stream, or anything that has `write`. */
export interface LogStream {
  write(text: string, callback?: (error?: Error | null) => void): unknown
  /** True gets lines for people, anything else JSON. */
  readonly isTTY?: boolean | undefined
}

export interface Output {
  /** Writes one record, given as pino writes it: a line of JSON. */
  write(json: string): void
  /** Resolves when everything written so far has left the process or is lost. */
  flush(): Promise<void>
  /** Ends writing. A stream that was passed in stays open. */
  close(): Promise<void>
}

/**
 * Appends JSON lines to a file, and makes its directory if it is missing.
 *
 * @param report called once, when the file cannot be written any more. Later lines are still tried, so that the log
 *   continues when a full disk has room again.
 * @throws LogFileError
 */
export function fileOutput(path: string, report: (message: string) => void): Output {
  const file = open(path)
  let closed = false
  let reported = false
  // After a line that was cut off, the next one must begin on a new line.
  let start = ''
  return {
    write(json) {
      if (closed) return
      try {
        writeWhole(file, start + escapeJson(json))
        start = ''
      } catch (error) {
        start = '\n'
        if (!reported) report(`The log file ${JSON.stringify(path)} cannot be written: ${String(error)}`)
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
    makeFolder(dirname(path))
    return openSync(path, 'a')
  } catch (cause) {
    throw new LogFileError(path, cause)
  }
}

function writeWhole(file: number, text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(file, rest))
}

// One listener for each stream, never removed: stderr outlives many services.
const guarded = new WeakSet<object>()

function guard(stream: LogStream): void {
  const { on } = stream as Partial<NodeJS.EventEmitter>
  if (guarded.has(stream) || typeof on !== 'function') return
  guarded.add(stream)
  on.call(stream as unknown as NodeJS.EventEmitter, 'error', () => {})
}

// Bytes that a stream may buffer while its reader is slow: the log must not fill the memory of the service.
const mostBuffered = 4 * 1024 * 1024

/** A record about the log itself. */
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
      if ((state.writableLength ?? 0) > mostBuffered) {
        dropped += 1
        return
      }
      keepFromBlocking(stream)
      if (dropped > 0)
        stream.write(format(notice(`Records dropped, because the reader of the log is too slow: ${dropped}`)))
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
