/**
 * What an angel starts: `node worker.js FILE [settings]`. It loads the program into this process, as `mara run` does, with
 * the pipe to the edge in place.
 */
import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import { Relay } from '../edge/relay.js'
import { exit } from '../program/exit.js'
import { describeFailure, exitCodeOf } from '../program/failure.js'
import { loadProgram } from '../program/load.js'
import { setEdgePort } from '../runtime/edge-port.js'
import { escapeText } from '../text/escape.js'
import { settleHeap } from './settle-heap.js'
import { UNUSED_SIGNALS } from './signals.js'
import { watchForAngel } from './watchdog.js'

/** Where the angel puts the pipe: after the standard streams. */
const PIPE = 3
/** Of the words of a failure. */
const LINES = 4
/** How long the process may go on when its service is over, in milliseconds. */
const END_TIMEOUT = 5_000

const [file, ...settings] = process.argv.slice(2)
if (file === undefined || !isPipe(PIPE)) {
  process.stderr.write('`mara angel` starts this file; it does not run by itself.\n')
  process.exit(2)
}

const relay = new Relay(new Socket({ fd: PIPE, readable: true, writable: true }), {
  warn: (message) => void process.stderr.write(`${message}\n`),
  prepared: settleHeap,
  over(atOnce) {
    if (atOnce) process.exit()
    // A timer or a connection of the program's own must not keep two of it running side by side.
    setTimeout(() => process.exit(), END_TIMEOUT).unref()
  },
})
setEdgePort(relay)

watchForAngel()

// A terminal tells all its processes; what becomes of this one is for the angel to say.
for (const signal of ['SIGHUP', 'SIGQUIT', ...UNUSED_SIGNALS]) process.on(signal, () => {})
process.on('uncaughtExceptionMonitor', failed)
// Within `process.exit()`, and so in the context of whoever calls it.
process.on('exit', () => relay.exiting())

loadProgram(file, settings).catch(async (error: unknown) => {
  failed(error)
  process.stderr.write(describeFailure(error))
  await exit(exitCodeOf(error))
})

function failed(error: unknown): void {
  relay.failed(firstLines(error), error)
}

/** What a failure was, and where: as much as one wants to read of another process. */
function firstLines(error: unknown): string {
  // An error of syntax comes with its place: a file, a line of code, a mark below it, and only then the message.
  const lines = describeFailure(error)
    .split('\n')
    .filter((line) => line.trim() !== '')
  // The message may quote what a client has sent, and `mara status` shows it on a terminal.
  return lines.slice(0, LINES).map(escapeText).join('\n')
}

function isPipe(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket()
  } catch {
    return false
  }
}
