/**
 * `mara run FILE [settings]`: what `node FILE` does, for TypeScript as well, with errors told in sentences.
 */

import { exit } from '../../program/exit.js'
import { describeFailure, exitCodeOf } from '../../program/failure.js'
import { findProgram, loadProgram, prepareFor } from '../../program/load.js'
import { wantsAngel } from '../../settings/index.js'
import { defineCommand } from '../command.js'
import type { Io } from '../io.js'
import { angel } from './angel.js'

export const run = defineCommand({
  name: 'run',
  summary: 'Run a program, in TypeScript or JavaScript.',
  usage: 'FILE [settings]',
  details: [
    'Everything after FILE is handed to the program untouched, and read by its service.run(): settings such as --port=7000, and settings files. mara run FILE --help lists them.',
    'Ctrl-C stops the service politely, a second one at once.',
    'With --angel among the settings, or MARA_ANGEL=true in the environment, it is the same as mara angel.',
    "TypeScript runs by the project's own tsx, or by Node itself from 22.18 on.",
  ],
  options: {},
  async run(invocation) {
    const {
      operands: [file = ''],
      settings,
      io,
    } = invocation
    await prepareFor(findProgram(file), settings)
    // Known before the program is loaded, since the angel is another process than the program's.
    if (await wantsAngel(settings, process.env)) return angel.run(invocation)
    process.on('uncaughtException', (error) => void crashed(error, io))
    const onExit = () => {
      // Set where the program itself ended the process.
      if (process.exitCode !== undefined) return
      io.stderr.write(`${file} ended while its top level still awaited something that can no longer come.\n`)
      process.exitCode = 1
    }
    process.once('exit', onExit)
    await loadProgram(file, settings).finally(() => process.off('exit', onExit))
    return undefined
  },
})

/** A service that nobody awaits fails here: the same words as for one that is awaited. */
async function crashed(error: unknown, { stderr }: Io): Promise<void> {
  // The program has its own way with such errors, and then it is not for us to end it.
  if (process.listenerCount('uncaughtException') > 1) return
  stderr.write(describeFailure(error))
  await exit(exitCodeOf(error))
}
