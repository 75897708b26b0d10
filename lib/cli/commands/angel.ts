/**
 * `mara angel FILE [settings]`: runs a program under a supervisor that keeps its clients' connections open while the
 * program is restarted, replaced by a new version, or dies.
 */
import { findProgram } from '../../program/find.js'
import { defineCommand } from '../command.js'

export const angel = defineCommand({
  name: 'angel',
  summary: 'Run a program, and keep its clients connected while it restarts or crashes.',
  usage: 'FILE [settings]',
  details: [
    'Everything after FILE is for the program, as with mara run. mara restart FILE starts the present version of the program in a new process, and then ends the old one. If the new one fails to start, the old one goes on. A process that crashes or hangs is replaced at once.',
    'Ctrl-C stops the service and lets handlers finish; a second Ctrl-C ends it at once. SIGHUP restarts it.',
  ],
  options: {},
  async run({ operands: [file = ''], settings }) {
    findProgram(file)
    const { readCommandLine } = await import('../../settings/index.js')
    // Then there is nothing to watch over.
    if (readCommandLine(settings).help) {
      const { loadProgram } = await import('../../program/load.js')
      await loadProgram(file, settings)
      return undefined
    }
    const { runAngel } = await import('../../angel/index.js')
    return runAngel(file, settings)
  },
})
