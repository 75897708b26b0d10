#!/usr/bin/env node
/**
 * The `mara` command.
 */
import { exit } from '../program/exit.js'
import { runCommandLine } from './cli.js'
import { commands } from './commands/index.js'
import { systemIo } from './io.js'

// Not awaited at the top: under `mara run` the process may end before this does, and Node would blame this file.
void runCommandLine(process.argv.slice(2), commands, systemIo()).then(async (code) => {
  if (code !== undefined) await exit(withOutput(code))
})

/** Output that is lost, as on a full disk, is a failure; but a reader that has gone, such as `head`, wanted no more. */
function withOutput(code: number): number {
  const lost = process.stdout.errored as NodeJS.ErrnoException | null
  if (lost === null || lost.code === 'EPIPE') return code
  process.stderr.write(`Not all of the output could be written: ${lost.message}\n`)
  return code === 0 ? 1 : code
}
