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
  if (code !== undefined) await exit(code)
})
