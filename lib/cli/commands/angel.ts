/**
 * `mara angel FILE [settings]`: runs a program under a supervisor that keeps its clients' connections open while the
 * program is restarted, replaced by a new version, or dies.
 */
import { runAngel } from '../../angel/index.js'
import { findProgram, loadProgram } from '../../program/load.js'
import { readCommandLine } from '../../settings/index.js'
import { defineCommand } from '../command.js'

export const angel = defineCommand({
  name: 'angel',
  summary: 'Run a program so that its clients stay connected over restarts and crashes.',
  usage: 'FILE [settings]',
  details: [
    'Everything after FILE is for the program, as with mara run. mara restart FILE puts a new process, with what FILE is by then, in the place of the old one; if that fails, the old one goes on. One that dies, or hangs, is replaced at once.',
    'Ctrl-C stops the service politely, a second one at once. SIGHUP restarts it.',
  ],
  options: {},
  async run({ operands: [file = ''], settings }) {
    findProgram(file)
    // Then there is nothing to watch over.
    if (readCommandLine(settings).help) {
      await loadProgram(file, settings)
      return undefined
    }
    return runAngel(file, settings)
  },
})
