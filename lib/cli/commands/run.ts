/**
 * `mara run FILE [settings]`: does what `node FILE` does, runs TypeScript as well, and reports errors in sentences.
 */

import { exit } from '../../program/exit.js'
import { describeUncaught, exitCodeOf } from '../../program/failure.js'
import { findProgram } from '../../program/find.js'
import { defineCommand } from '../command.js'
import { UsageError } from '../errors.js'
import type { Io } from '../io.js'
import { angel } from './angel.js'

const PROFILE_UNDER_ANGEL =
  'mara run: --profile profiles this process, and the angel runs the program in another one. Profile it without the angel: --angel=false after FILE.'

export const run = defineCommand({
  name: 'run',
  summary: 'Run a program, in TypeScript or JavaScript.',
  usage: 'FILE [settings]',
  details: [
    'The program gets everything after FILE, and its service.run() reads it: settings such as --port=7000, and settings files. mara run FILE --help lists the settings.',
    'Ctrl-C stops the service and lets handlers finish; a second Ctrl-C ends it at once.',
    'With --angel, MARA_ANGEL=true, or angel: true in a settings file after FILE, the command does what mara angel does.',
    'With --profile before FILE, the command writes a CPU profile when the program ends, and prints where the time went, by handler. It does not go with the angel, which runs the program in another process.',
    "TypeScript needs tsx in the program's project, or Node 22.18 or later.",
  ],
  options: {
    profile: { type: 'boolean', description: 'Profile the program, and tell the time of each handler.' },
  },
  async run(invocation) {
    const {
      operands: [file = ''],
      options: { profile },
      settings,
      io,
    } = invocation
    const program = findProgram(file)
    const { loadProgram, prepareFor } = await import('../../program/load.js')
    const { wantsAngel } = await import('../../settings/index.js')
    await prepareFor(program, settings)
    // Known before the program is loaded, since the angel is another process than the program's.
    if (await wantsAngel(settings, process.env)) {
      if (profile) throw new UsageError(PROFILE_UNDER_ANGEL, 'run')
      return angel.run(invocation)
    }
    if (profile) {
      const { profileToTheEnd } = await import('../profile/index.js')
      profileToTheEnd(file, io)
    }
    process.on('uncaughtException', (error) => void crashed(error, io))
    const onExit = () => {
      // Set where the program itself ended the process.
      if (process.exitCode !== undefined) return
      io.stderr.write(`${file} ended while its top level still awaited a promise that will never settle.\n`)
      process.exitCode = 1
    }
    process.once('exit', onExit)
    await loadProgram(file, settings).finally(() => process.off('exit', onExit))
    return undefined
  },
})

/** A `run()` that nobody awaits fails here: the same words as for one that is awaited. */
async function crashed(error: unknown, { stderr }: Io): Promise<void> {
  // The program has its own way with such errors, and then it is not for us to end it.
  if (process.listenerCount('uncaughtException') > 1) return
  stderr.write(describeUncaught(error))
  await exit(exitCodeOf(error))
}
