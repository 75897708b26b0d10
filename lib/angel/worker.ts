/**
 * What an angel starts: `node worker.js FILE [settings]`. It loads the program into this process, as `mara run` does, with
 * the wire to the angel in place.
 */
import { Socket } from 'node:net'
import { exit } from '../program/exit.js'
import { describeFailure, exitCodeOf } from '../program/failure.js'
import { loadProgram } from '../program/load.js'
import { guardedBy } from '../runtime/guardian.js'
import { Link } from './link.js'
import { UNUSED_SIGNALS } from './signals.js'
import { watchForAngel } from './watchdog.js'

/** Where the angel puts the wire: after the standard streams and Node's own channel. */
const WIRE = 4
/** How long the process may go on when its service is over, in milliseconds. */
const END_TIMEOUT = 5_000

const [file, ...settings] = process.argv.slice(2)
if (file === undefined || process.send === undefined) {
  process.stderr.write('`mara angel` starts this file; it does not run by itself.\n')
  process.exit(2)
}

const warn = (message: string): void => void process.stderr.write(`${message}\n`)
const link = new Link(new Socket({ fd: WIRE, readable: true, writable: true }), process, warn, () => {
  // A timer or a connection of the program's own must not keep two of it running side by side.
  setTimeout(() => process.exit(), END_TIMEOUT).unref()
})
guardedBy(link)

watchForAngel()

// A terminal tells all its processes; what becomes of this one is for the angel to say.
for (const signal of ['SIGHUP', 'SIGQUIT', ...UNUSED_SIGNALS]) process.on(signal, () => {})
process.on('uncaughtExceptionMonitor', (error) => link.failed(firstLines(error)))

loadProgram(file, settings).catch(async (error: unknown) => {
  link.failed(firstLines(error))
  process.stderr.write(describeFailure(error))
  await exit(exitCodeOf(error))
})

/** What a failure was, and where: as much as one wants to read of another process. */
function firstLines(error: unknown): string {
  return describeFailure(error).trim().split('\n').slice(0, 4).join('\n')
}
